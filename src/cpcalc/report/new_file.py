"""The text of a new assessment file: what is known filled in, the rest as comments to uncomment."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple


class Answers(NamedTuple):
    """What is known of the enterprise when the file is made. Amounts are as the person wrote them."""

    id: str
    name: str
    sector: str | None
    province: str | None
    country: str
    year: int | None
    currency: str
    factor_sets: Sequence[str]
    electricity: tuple[str, str] | None = None  # quantity and price
    fuel: tuple[str, str, str] | None = None  # key of FUELS, quantity, price
    measure: tuple[str, str, str] | None = None  # title, investment, annual saving


# Fuels asked for, with the factor each takes from the set of combustion factors.
FUELS: Mapping[str, str] = {
    "coal": "ipcc-2006/anthracite", "fuel-oil": "ipcc-2006/residual-fuel-oil", "diesel": "ipcc-2006/diesel",
    "lpg": "ipcc-2006/lpg", "natural-gas": "ipcc-2006/natural-gas", "rice-husk": "ipcc-2006/rice-husk",
    "wood": "ipcc-2006/wood",
}  # fmt: skip

_EN = {
    "head": "Cleaner-production assessment. Check it with: cpcalc check {file}   Results: cpcalc assess {file}",
    "numbers": "decimal sign: international (1.5) or vietnamese (1,5)",
    "status": "draft until the figures are checked; then: measured",
    "basis": "what the figures rest on",
    "year": "the baseline year",
    "rate": "a dated rate where money stands in two currencies",
    "operation": "turns figures per day or per hour into a year's",
    "sets": "emission factors, pinned by version; see: cpcalc factors list",
    "grid": "which factor of the grid: data year and type, and why",
    "products": "outputs: needed for specific consumption (per tonne of product)",
    "streams": "every flow that costs money or pollutes, before any measure; quantity and price optional",
    "measures": "what the enterprise can do",
    "by-share": "saves a share of a stream",
    "by-amount": "saves an amount a year",
    "by-money": "known as money only",
    "title-example": "Insulate steam pipes and valves",
    "title-example-2": "Repair leaks of compressed air",
    "title-example-3": "Sell scrap sorted",
    "because": "no meter yet",
}
_VI = {
    "head": "Bản đánh giá sản xuất sạch hơn. Kiểm tra: cpcalc check {file}   Kết quả: cpcalc assess {file}",
    "numbers": "dấu thập phân: international (1.5) hoặc vietnamese (1,5)",
    "status": "draft (bản nháp) đến khi số liệu được kiểm tra; sau đó: measured",
    "basis": "cơ sở của các con số",
    "year": "năm nền",
    "rate": "tỷ giá có ngày tháng khi có hai loại tiền",
    "operation": "đổi số liệu theo ngày, theo giờ thành cả năm",
    "sets": "hệ số phát thải, ghim theo phiên bản; xem: cpcalc factors list",
    "grid": "chọn hệ số lưới điện: năm số liệu, loại, và lý do",
    "products": "sản lượng: cần cho suất tiêu hao (trên tấn sản phẩm)",
    "streams": "mọi dòng tốn tiền hoặc gây ô nhiễm, trước khi có giải pháp; lượng và giá không bắt buộc",
    "measures": "các giải pháp doanh nghiệp có thể làm",
    "by-share": "tiết kiệm một tỷ lệ của dòng",
    "by-amount": "tiết kiệm một lượng mỗi năm",
    "by-money": "chỉ biết bằng tiền",
    "title-example": "Bảo ôn đường ống và van hơi",
    "title-example-2": "Khắc phục rò rỉ khí nén",
    "title-example-3": "Bán phế liệu đã phân loại",
    "because": "chưa có đồng hồ",
}
TEXTS: Mapping[str, Mapping[str, str]] = {"en": _EN, "vi": _VI}

_PLAIN = re.compile(r"[^\W\d_](?:[\w ./()-]*[\w.)])?")


def quoted(text: str) -> str:
    """A text as a YAML scalar: in quotes unless it is plainly a text."""
    if _PLAIN.fullmatch(text) and text.casefold() not in {
        "null",
        "true",
        "false",
        "yes",
        "no",
        "on",
        "off",
    }:
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t").replace("\n", " ")
    return f'"{escaped}"'


def new_file(answers: Answers, file: str, language: str) -> str:
    """The whole file."""
    return "\n".join(_lines(answers, file, TEXTS[language], language)) + "\n"


def _lines(answers: Answers, file: str, text: Mapping[str, str], language: str) -> Iterator[str]:
    yield "# " + text["head"].format(file=quoted(file))
    yield "cpcalc: 1"
    style = "vietnamese" if language == "vi" else "international"
    yield f"numbers: {style}      # {text['numbers']}"
    yield ""
    yield "enterprise:"
    yield f"  id: {quoted(answers.id)}"
    yield f"  name: {quoted(answers.name)}"
    for key in ("sector", "province", "country"):
        value = getattr(answers, key)
        yield f"  {key}: {quoted(value)}" if value else f"  # {key}: ..."
    yield f"data-status: draft            # {text['status']}"
    yield ""
    yield from _basis(answers, text)
    yield ""
    yield f"# {text['products']}"
    yield "# products:"
    yield "#   - {id: product, output: 4 000 t/year}"
    yield ""
    yield from _streams(answers, text)
    yield ""
    yield from _measures(answers, text)


def _basis(answers: Answers, text: Mapping[str, str]) -> Iterator[str]:
    other = "USD" if answers.currency != "USD" else "EUR"
    yield f"basis:                        # {text['basis']}"
    yield (
        f"  period: {answers.year}"
        if answers.year
        else f"  # period: 2025              # {text['year']}"
    )
    yield f"  currency: {answers.currency}"
    rate = f"{{{other}: {{rate: 26 000 {answers.currency}/{other}, year: 2025, source: ...}}}}"
    yield f"  # exchange-rates: {rate}   # {text['rate']}"
    yield f"  # operation: {{days: 300 day/year, hours: 16 hour/day}}   # {text['operation']}"
    yield f"  factor-sets: [{', '.join(answers.factor_sets)}]   # {text['sets']}"
    if any(name.startswith("vn-grid@") for name in answers.factor_sets):
        yield f'  # grid: {{data-year: 2023, type: combined-margin, because: "..."}}   # {text["grid"]}'
    yield "  gwp: AR5-100"


def _streams(answers: Answers, text: Mapping[str, str]) -> Iterator[str]:
    known = answers.electricity is not None or answers.fuel is not None
    mark = "" if known else "# "
    currency = answers.currency
    yield f"# {text['streams']}"
    yield f"{mark}streams:"
    if answers.electricity is not None:
        quantity, price = answers.electricity
        yield f"  electricity: {{kind: energy{_field('quantity', quantity)}{_field('price', price)}}}"
    else:
        yield f"#   electricity: {{kind: energy, quantity: 1 200 000 kWh/year, price: 2 000 {currency}/kWh}}"
    if answers.fuel is not None:
        fuel, quantity, price = answers.fuel
        factor = f", emission-factors: [{FUELS[fuel]}]" if quantity else ""
        yield f"  {fuel}: {{kind: energy{_field('quantity', quantity)}{_field('price', price)}{factor}}}"
    else:
        price = f"3 million {currency}/t"
        yield f"#   coal: {{kind: energy, quantity: 900 t/year, price: {price}, emission-factors: [{FUELS['coal']}]}}"
    yield f"#   water: {{kind: water, quantity: 60 000 m3/year, price: 9 000 {currency}/m3}}"
    yield f"#   wastewater: {{kind: wastewater, follows: {{water: 80 %}}, price: 5 000 {currency}/m3}}"


def _field(key: str, value: str) -> str:
    return f", {key}: {_amount(value)}" if value else ""


def _amount(value: str) -> str:
    """A quantity inside braces: a comma would end it."""
    return f'"{value}"' if "," in value else value


def _measures(answers: Answers, text: Mapping[str, str]) -> Iterator[str]:
    currency = answers.currency
    mark = "# " if answers.measure is None else ""
    yield f"# {text['measures']}"
    yield f"{mark}measures:"
    if answers.measure is not None:
        title, investment, saving = answers.measure
        yield "  - id: m1"
        yield f"    title: {quoted(title)}"
        if investment:
            yield f"    investment: {investment}"
        if saving:
            yield f"    benefits: {{saves: {_amount(saving)}, as: unspecified}}   # {text['by-money']}"
    yield f"#   - id: m2                  # {text['by-share']}"
    yield f"#     title: {text['title-example']}"
    yield "#     status: considered      # considered, planned, implemented, verified, rejected, not-implemented"
    yield f"#     investment: 40 million {currency}"
    yield "#     lifetime: 8 year"
    yield "#     effects: {stream: coal, reduce: 4 %}"
    yield f"#   - id: m3                  # {text['by-amount']}"
    yield f"#     title: {text['title-example-2']}"
    yield f"#     investment: 15 million {currency}"
    yield "#     effects: {stream: electricity, reduce: 30 000 kWh/year}"
    yield f"#   - id: m4                  # {text['by-money']}"
    yield f"#     title: {text['title-example-3']}"
    yield f'#     benefits: {{saves: 25 million {currency}/year, as: material, because: "{text["because"]}"}}'
