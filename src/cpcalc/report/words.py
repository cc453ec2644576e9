"""The labels of the summary in English and Vietnamese."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_EN = {
    "data-status": "Data", "measured": "measured", "published": "published figures", "draft": "DRAFT: not checked",
    "reconstructed": "RECONSTRUCTED: made to show the calculation, not a real plant",
    "sector": "Sector", "province": "Province", "period": "Baseline", "currency": "Currency", "rates": "Exchange rates",
    "factor-sets": "Emission factors", "grid": "Grid factor", "gwp": "GWP set", "source": "Source",
    "streams": "Streams, a year", "stream": "Stream", "baseline": "before", "after": "after", "saving": "saving", "unit": "unit",
    "measures": "Measures in their order; savings a year", "measure": "Measure", "investment": "Investment",
    "disposal-short": "disposal", "by_product-short": "by-product", "unspecified-short": "other", "chemical_waste-short": "chem. waste",
    "implied-prices": "Prices implied by stated worth", "grant": "Grants and one-off income", "running": "Running", "stated-reductions": "Reductions as published (not calculated), a year",
    "annual-saving": "Saving", "payback": "Payback", "stand-alone": "Alone", "co2": "CO2", "status": "Status",
    "totals": "Totals", "total": "Total", "savings": "Savings by category, a year",
    "material": "material", "water": "water", "energy": "energy", "chemical": "chemical", "disposal": "treatment and disposal",
    "by_product": "products and by-products", "unspecified": "not specified",
    "quality": "quality", "safety": "safety", "labour": "labour", "downtime": "downtime", "other": "other",
    "running-cost": "Running cost of the measures", "net-saving": "Annual net saving", "gross-saving": "Annual saving",
    "payback-of-complete": "Payback of complete measures", "payback-with-benefits": "Payback with other benefits",
    "other-benefits": "Other benefits", "overlap": "Lost by overlap of measures",
    "reductions": "Reductions, a year", "wastewater": "waste water", "solid_waste": "solid waste", "chemical_waste": "chemical waste",
    "co2e": "CO2e", "dust": "dust", "so2": "SO2", "nox": "NOx", "cod": "COD", "bod": "BOD", "tss": "TSS",
    "stated": "as published, not calculated", "electricity": "electricity", "fuel": "fuel", "steam": "steam", "biogenic-co2": "Biogenic CO2 (memo)",
    "by-status": "By status; savings a year", "outside": "Not in the bundle; figures if done alone", "groups": "Groups",
    "considered": "considered", "planned": "planned", "implemented": "implemented", "verified": "verified", "rejected": "rejected",
    "not-implemented": "not implemented", "unstated": "status not stated",
    "immediate": "immediate", "never": "never", "worsens": "worsens", "trade-off": "trade-off",
    "not-applicable": "not applicable", "incomplete": "incomplete", "undefined": "undefined", "several": "several", "saves-money": "saves money",
    "missing": "missing", "partial-note": "* sum of the known lines only; missing: {fields}", "more": "and {count} more",
    "estimates": "Saving rests on", "metered": "metered", "invoiced": "invoiced", "calculated": "calculated", "estimated": "estimated",
    "default": "default values", "identities": "{holding} of {all} identities hold",
    "expectations": "{met} of {all} expected figures hold", "not-reproduced": "not reproduced: {figure} {value}: {because}",
    "unverified": "rests on factors not verified against the original: {factors}",
    "waived": "accepted: {check}: {because}", "end-of-pipe": "End of pipe: not cleaner production, outside the totals",
    "end-of-pipe-reductions": "Reductions by end of pipe, a year",
    "caps": "cut at what remained: {measures}", "count": "{count} measures", "group": "Group",
    "combined-money": "Investment, and savings a year", "combined": "All enterprises", "enterprise": "Enterprise", "bound": "a bound as published, not a value",
    "as-above": "as above", "by-definition": "by definition", "why-unknown": "the result has no figure {figure}; near it:",
    "new-exists": "{file} exists already; it is not touched", "new-currency": "{currency} is not a currency; write a code such as VND or USD",
    "new-written": "{file} written. Fill it in, then: cpcalc check {file}", "new-not-written": "cannot write {file}: {reason}",
    "ask-name": "Name of the enterprise", "ask-sector": "Sector, such as seafood, paper, cement", "ask-province": "Province",
    "ask-year": "Baseline year, such as 2025", "ask-electricity": "Electricity a year, Enter to leave out", "ask-price": "  its price",
    "ask-fuel": "Main fuel, Enter for none", "ask-quantity": "  its quantity a year", "ask-measure": "Title of a first measure, Enter for none",
    "ask-investment": "  its investment", "ask-saving": "  what it saves a year",
    "results-of": "Assessments: {count}", "failed": "Files with errors, not counted: {count}", "measures-word": "measures",
    "material-water-energy-chemical": "Material, water, energy and chemical",
    "by-gas": "Avoided emissions by gas and scope, a year", "scope_1": "scope 1", "scope_2_location": "scope 2", "scope_2_market": "scope 2 market",
    "scope_3": "scope 3", "biogenic": "biogenic (memo)", "generated": "generated", "on_site": "on site", "off_site": "off site",
    "over-lives": "{gas} over the measures' lives", "electricity-factor": "Electricity factor",
    "chosen-because": "{factor}: {because}", "grid-constant": "over the measures' lives the grid's factor is held constant",
    "grid-declines": "over the measures' lives the grid's factor declines by {share}",
    "enterprises-a-year": "Enterprises; savings and reductions a year", "figure": "Figure", "reported-by": "reported by", "n-of-m": "{n} of {m}",
    "investment-in": "Investment in {currency}", "saving-of": "Saving: {category}", "reduction-of": "Reduction: {what}",
    "by-province": "By province", "by-sector": "By sector", "by-data-status": "By data status", "not-stated": "not stated",
    "sums-a-year": "Sums, a year", "payback-of-complete-enterprises": "Payback of the {n} of {m} with complete money",
    "several-currencies": "money stands in several currencies ({currencies}); each is added by itself: no rate, no single sum",
    "n-of-m-meaning": "n of m: so many enterprises report this; what is missing is not counted as zero",
    "batch-warnings": "{count} warnings (marked !); see them with: cpcalc check", "from-cache": "{hits} of {all} unchanged since an earlier run",
    "cache-trouble": "results are not kept: {reason}", "files-per-second": "files/s", "batch": "Assessments",
    "lock-written": "{name} written: {files} files, {sets} factor sets, {rates} exchange rates",
}  # fmt: skip

_VI = {
    "data-status": "Số liệu", "measured": "đo thực tế", "published": "số liệu đã công bố", "draft": "BẢN NHÁP: chưa kiểm tra",
    "reconstructed": "SỐ LIỆU DỰNG LẠI để minh họa phép tính, không phải nhà máy thật",
    "sector": "Ngành", "province": "Tỉnh/thành", "period": "Năm nền", "currency": "Đơn vị tiền", "rates": "Tỷ giá",
    "factor-sets": "Hệ số phát thải", "grid": "Hệ số lưới điện", "gwp": "Bộ GWP", "source": "Nguồn",
    "streams": "Các dòng, mỗi năm", "stream": "Dòng", "baseline": "trước", "after": "sau", "saving": "tiết kiệm", "unit": "đơn vị",
    "measures": "Các giải pháp theo thứ tự; tiết kiệm mỗi năm", "measure": "Giải pháp", "investment": "Đầu tư",
    "disposal-short": "thải bỏ", "by_product-short": "phụ phẩm", "unspecified-short": "khác", "chemical_waste-short": "hóa chất",
    "solid_waste-short": "CT rắn", "material-short": "NVL", "energy-short": "năng lượng",
    "implied-prices": "Đơn giá suy ra từ số tiền đã nêu", "grant": "Tài trợ và thu một lần", "running": "Vận hành", "stated-reductions": "Giảm thiểu theo công bố (không tính lại), mỗi năm",
    "annual-saving": "Tiết kiệm", "payback": "Hoàn vốn", "stand-alone": "Riêng lẻ", "co2": "CO2", "status": "Trạng thái",
    "totals": "Tổng cộng", "total": "Tổng", "savings": "Tiết kiệm theo nhóm, mỗi năm",
    "material": "nguyên vật liệu", "water": "nước", "energy": "năng lượng", "chemical": "hóa chất", "disposal": "xử lý và thải bỏ",
    "by_product": "sản phẩm và phụ phẩm", "unspecified": "không phân loại",
    "quality": "chất lượng", "safety": "an toàn", "labour": "lao động", "downtime": "thời gian dừng máy", "other": "khác",
    "running-cost": "Chi phí vận hành giải pháp", "net-saving": "Tiết kiệm ròng mỗi năm", "gross-saving": "Tiết kiệm mỗi năm",
    "payback-of-complete": "Hoàn vốn của giải pháp đủ số liệu", "payback-with-benefits": "Hoàn vốn kể cả lợi ích khác",
    "other-benefits": "Lợi ích khác", "overlap": "Mất do các giải pháp chồng lấn",
    "reductions": "Giảm thiểu, mỗi năm", "wastewater": "nước thải", "solid_waste": "chất thải rắn", "chemical_waste": "hóa chất thải",
    "co2e": "CO2e", "dust": "bụi", "so2": "SO2", "nox": "NOx", "cod": "COD", "bod": "BOD", "tss": "TSS",
    "stated": "theo công bố, không tính lại", "electricity": "điện", "fuel": "nhiên liệu", "steam": "hơi", "biogenic-co2": "CO2 sinh học (ghi nhận riêng)",
    "by-status": "Theo trạng thái; tiết kiệm mỗi năm", "outside": "Ngoài gói giải pháp; nếu thực hiện riêng", "groups": "Nhóm",
    "considered": "đang xem xét", "planned": "đã lên kế hoạch", "implemented": "đã thực hiện", "verified": "đã kiểm chứng",
    "rejected": "bị loại", "not-implemented": "không thực hiện", "unstated": "chưa nêu trạng thái",
    "immediate": "ngay lập tức", "never": "không bao giờ", "worsens": "tốn thêm", "trade-off": "đánh đổi",
    "not-applicable": "không áp dụng", "incomplete": "chưa đủ", "undefined": "không xác định", "several": "nhiều giá trị", "saves-money": "tiết kiệm tiền",
    "missing": "thiếu", "partial-note": "* chỉ cộng các dòng đã biết; còn thiếu: {fields}", "more": "và {count} mục khác",
    "estimates": "Tiết kiệm dựa trên số liệu", "metered": "đo bằng đồng hồ", "invoiced": "theo hóa đơn", "calculated": "tính toán",
    "estimated": "ước tính", "default": "mặc định", "identities": "{holding} trên {all} đẳng thức kiểm tra đúng",
    "expectations": "{met} trên {all} số liệu đối chiếu khớp", "not-reproduced": "không tái lập được: {figure} {value}: {because}",
    "unverified": "dựa trên hệ số chưa đối chiếu với bản gốc: {factors}",
    "waived": "chấp nhận: {check}: {because}", "end-of-pipe": "Xử lý cuối đường ống: không phải SXSH, ngoài tổng",
    "end-of-pipe-reductions": "Giảm thiểu nhờ xử lý cuối đường ống, mỗi năm",
    "caps": "bị giới hạn ở lượng còn lại: {measures}", "count": "{count} giải pháp", "group": "Nhóm",
    "combined-money": "Đầu tư và tiết kiệm mỗi năm", "combined": "Tất cả doanh nghiệp", "enterprise": "Doanh nghiệp", "bound": "giới hạn theo công bố, không phải giá trị",
    "as-above": "như trên", "by-definition": "theo định nghĩa", "why-unknown": "kết quả không có số {figure}; gần giống:",
    "new-exists": "{file} đã có sẵn; không thay đổi gì", "new-currency": "{currency} không phải mã tiền tệ; viết VND hoặc USD",
    "new-written": "Đã tạo {file}. Điền số liệu, rồi chạy: cpcalc check {file}", "new-not-written": "không ghi được {file}: {reason}",
    "ask-name": "Tên doanh nghiệp", "ask-sector": "Ngành, ví dụ: thủy sản, giấy, xi măng", "ask-province": "Tỉnh/thành",
    "ask-year": "Năm nền, ví dụ 2025", "ask-electricity": "Điện mỗi năm, Enter để bỏ qua", "ask-price": "  đơn giá",
    "ask-fuel": "Nhiên liệu chính, Enter nếu không có", "ask-quantity": "  lượng mỗi năm", "ask-measure": "Tên giải pháp đầu tiên, Enter nếu chưa có",
    "ask-investment": "  vốn đầu tư", "ask-saving": "  tiết kiệm mỗi năm",
    "results-of": "Số bản đánh giá: {count}", "failed": "Tệp có lỗi, không tính: {count}", "measures-word": "giải pháp",
    "material-water-energy-chemical": "Nguyên vật liệu, nước, năng lượng và hóa chất",
    "by-gas": "Phát thải tránh được theo khí và phạm vi, mỗi năm", "scope_1": "phạm vi 1", "scope_2_location": "phạm vi 2", "scope_2_market": "phạm vi 2 thị trường",
    "scope_3": "phạm vi 3", "biogenic": "sinh học (ghi riêng)", "generated": "phát sinh", "on_site": "tại chỗ", "off_site": "ngoài nhà máy",
    "over-lives": "{gas} trong cả đời giải pháp", "electricity-factor": "Hệ số phát thải điện",
    "chosen-because": "{factor}: {because}", "grid-constant": "trong cả đời giải pháp, hệ số lưới điện được giữ nguyên",
    "grid-declines": "trong cả đời giải pháp, hệ số lưới điện giảm {share}",
    "enterprises-a-year": "Doanh nghiệp; tiết kiệm và giảm thiểu mỗi năm", "figure": "Chỉ tiêu", "reported-by": "số đơn vị báo cáo", "n-of-m": "{n} trên {m}",
    "investment-in": "Đầu tư bằng {currency}", "saving-of": "Tiết kiệm: {category}", "reduction-of": "Giảm: {what}",
    "by-province": "Theo tỉnh/thành", "by-sector": "Theo ngành", "by-data-status": "Theo loại số liệu", "not-stated": "không nêu",
    "sums-a-year": "Tổng, mỗi năm", "payback-of-complete-enterprises": "Hoàn vốn của {n} trên {m} đơn vị đủ số liệu tiền",
    "several-currencies": "số tiền dùng nhiều đơn vị tiền ({currencies}); mỗi loại cộng riêng: không có tỷ giá thì không có một tổng chung",
    "n-of-m-meaning": "n trên m: bấy nhiêu doanh nghiệp có báo cáo chỉ tiêu này; thiếu số liệu không được tính là 0",
    "batch-warnings": "{count} cảnh báo (đánh dấu !); xem bằng: cpcalc check", "from-cache": "{hits} trên {all} không đổi từ lần chạy trước",
    "cache-trouble": "kết quả không được lưu lại: {reason}", "files-per-second": "tệp/giây", "batch": "Các tệp đánh giá",
    "lock-written": "đã ghi {name}: {files} tệp, {sets} bộ hệ số, {rates} tỷ giá",
}  # fmt: skip

LANGUAGES: tuple[str, ...] = ("en", "vi")
WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType({"en": MappingProxyType(_EN), "vi": MappingProxyType(_VI)})


def word(key: str, language: str, **values: object) -> str:
    """The label for a key; a key without a label (a substance, a currency) stands for itself."""
    text = WORDS[language].get(key, key)
    return text.format(**values) if values else text


def short_word(key: str, language: str) -> str:
    """The label for the head of a narrow column."""
    return WORDS[language].get(f"{key}-short") or word(key, language)


def title(words: Mapping[str, str], language: str) -> str:
    """A title in the language asked for, else in the one it is given in."""
    return words.get(language) or words.get("") or next(iter(words.values()))
