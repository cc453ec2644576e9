"""Why a figure is not there: the sentence for each reason, in English and Vietnamese."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_EN = {
    "courses-not-published": "the courses are not published one by one",
    "several-units": "it is given in several units, which do not add",
    "field-missing": "a field it needs is missing",
    "rate-missing": "an exchange rate is missing",
    "gwp-missing": "no set of global warming potentials is chosen",
    "no-saving-stated": "neither an effect nor a benefit is stated",
    "no-money-stated": "no money is stated",
    "nothing-predicted": "nothing was predicted that could be compared with",
    "payback-immediate": "there is nothing to pay back",
    "payback-never": "the investment saves nothing",
    "payback-worsens": "it costs more each year than it saves",
    "payback-trade-off": "it brings money now and costs money each year",
    "payback-not-applicable": "there is neither an investment nor a saving",
    "no-running-cost": "no running cost is stated; it counts as none",
    "inflation-missing": "the rate of inflation is missing",
    "investment-after-study-period": "the investment comes after the study period",
    "loan-above-investment": "the loan is larger than the investment",
    "no-investment": "there is no investment",
    "no-investment-at-the-start": "there is no investment at the start",
    "numbers-too-large": "the rates or growths lead to numbers beyond all measure",
    "too-many-overlapping": "too many measures overlap on these streams to share among them exactly",
    "no-rate-of-return": "no rate of return makes the NPV zero",
    "several-rates-of-return": "several rates of return make the NPV zero",
    "saves-money": "avoiding it saves money, so there is no cost to state",
    "nothing-avoided": "nothing is avoided or saved",
    "no-cost": "there is no cost",
    "not-within-study-period": "it is not paid back within the study period",
    "not-published-singly": "it was published for its group as a whole, not singly",
    "always-met": "it is met at any value",
    "never-met": "it is met at no value",
    "overlap-of-unknown-saving": "its own saving is not known, so neither is its share of the overlap",
    "shares-do-not-add": "it is published as several shares, which do not add",
    "units-do-not-add": "it is given in several units, which do not add",
}

_VI = {
    "courses-not-published": "các khóa học không được công bố riêng từng khóa",
    "several-units": "dùng nhiều đơn vị không cộng được với nhau",
    "field-missing": "thiếu một trường cần thiết",
    "rate-missing": "thiếu tỷ giá",
    "gwp-missing": "chưa chọn bộ tiềm năng nóng lên toàn cầu",
    "no-saving-stated": "chưa nêu tác động hay lợi ích nào",
    "no-money-stated": "chưa nêu số tiền nào",
    "nothing-predicted": "không có dự báo để so sánh",
    "payback-immediate": "không có gì phải hoàn vốn",
    "payback-never": "đầu tư không tiết kiệm được gì",
    "payback-worsens": "mỗi năm tốn nhiều hơn tiết kiệm được",
    "payback-trade-off": "thu tiền bây giờ nhưng mỗi năm tốn tiền",
    "payback-not-applicable": "không có đầu tư cũng không có tiết kiệm",
    "no-running-cost": "chưa nêu chi phí vận hành; coi như không có",
    "inflation-missing": "thiếu tỷ lệ lạm phát",
    "investment-after-study-period": "đầu tư diễn ra sau thời kỳ tính toán",
    "loan-above-investment": "khoản vay lớn hơn vốn đầu tư",
    "no-investment": "không có đầu tư",
    "no-investment-at-the-start": "không có đầu tư ban đầu",
    "numbers-too-large": "lãi suất hoặc mức tăng dẫn đến những con số quá lớn",
    "too-many-overlapping": "quá nhiều giải pháp chồng lấn trên các dòng này để chia chính xác",
    "no-rate-of-return": "không có lãi suất nào làm NPV bằng không",
    "several-rates-of-return": "nhiều lãi suất làm NPV bằng không",
    "saves-money": "giảm phát thải còn tiết kiệm tiền nên không có chi phí",
    "nothing-avoided": "không tránh hay tiết kiệm được gì",
    "no-cost": "không có chi phí",
    "not-within-study-period": "không hoàn vốn trong thời kỳ tính toán",
    "not-published-singly": "chỉ được công bố cho cả nhóm, không công bố riêng",
    "always-met": "luôn đạt với mọi giá trị",
    "never-met": "không giá trị nào đạt",
    "overlap-of-unknown-saving": "chưa biết khoản tiết kiệm của chính nó nên cũng chưa biết phần chồng lấn",
    "shares-do-not-add": "được công bố bằng nhiều tỷ lệ phần trăm, không cộng được",
    "units-do-not-add": "được cho bằng nhiều đơn vị khác nhau, không cộng được",
}

REASONS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {"en": MappingProxyType(_EN), "vi": MappingProxyType(_VI)}
)


def reason(name: str, language: str) -> str:
    """The sentence for the name of a reason; a name without a sentence stands for itself."""
    return REASONS[language].get(name, name)
