"""The labels of the economics pages in English and Vietnamese."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from cpcalc.report.words import word

_EN = {
    "economics": "Economics, highest NPV first", "npv": "NPV", "irr": "IRR", "mirr": "MIRR",
    "savings_to_investment": "SIR", "adjusted_internal_rate": "AIRR", "annual_worth": "Annual worth",
    "discounted_payback": "Disc. payback", "life_cycle_cost": "Life-cycle cost", "return_on_investment": "Return (ROI)",
    "abatement_cost": "Abatement cost", "study_period": "Study period",
    "together": "Economics of the measures together", "one": "Economics of {measure}",
    "levelised": "Cost of saved {kind}", "npv_with": "NPV with {line}", "left-out": "{measures}: left out, money incomplete",
    "constant": "constant money of year 0, real rate", "current": "money of the day, nominal rate",
    "money": "Money", "no-rate": "no discount rate", "equity": "With the loan (equity)", "loan": "Loan",
    "debt_service_cover": "Lowest debt service cover", "average_debt_service_cover": "Average debt service cover",
    "flow": "Cash flow", "financing": "Cash flow with the loan", "year": "Year", "investment": "Investment", "saving": "Saving", "running_cost": "Running cost",
    "tax": "Tax", "net": "Net", "present": "Present value", "cumulative": "Cumulative", "grant": "Grant",
    "replacement": "Replacement", "salvage": "Scrap value", "residual_value": "Residual value",
    "carbon_price": "carbon price", "other_benefits": "other benefits", "interest": "Interest", "principal": "Principal",
    "tax_on_interest": "Tax saved", "equity-flow": "Equity", "chart": "Net cash flow by year",
    "chart-note": "# net flow of the year; | zero", "irr-roots": "Rates at which NPV = 0", "outside": "Outside the base figures",
    "tornado": "Total NPV if one thing alone is {change} lower or higher",
    "parameter": "What changes", "low": "lower", "high": "higher", "price-of": "price of {stream}",
    "savings": "savings", "lifetime": "lifetime", "running-cost": "running cost", "basis.discount-rate": "discount rate",
    "basis.inflation": "inflation", "break-even": "Break-even: what each measure needs",
    "what": "What", "needs-payback": "payback in\n{limit} if", "needs-npv": "NPV > 0 if",
    "always": "always", "never-met": "never",
    "nearest-conditions": "for each measure the {most} conditions nearest to failing; all of them: --measure ID, or --format json",
    "stand-alone": "alone", "in-order": "in order", "order-free": "order-free",
    "interaction": "Measures that overlap, saving a year", "overlap-note": "order-free: each measure's fair share of what the bundle saves (Shapley value)",
    "measure-page": "Measure {measure}", "scenario": "Scenarios side by side", "as-in-file": "file",
    "energy": "energy", "water": "water", "needs": "Needs", "value": "Value", "scenario-sets": "{scenario}: {sets}",
    "reductions-of": "Reductions, a year", "money-of": "Money", "co2": "CO2", "figure": "Figure",
    "rests-on": "Rests on",
    "of-growth": "Growth of {line} a year",
    "of-discount_rate": "Discount rate",
    "of-inflation": "Inflation",
    "of-lifetime": "Lifetime",
    "of-saving_loss": "Saving lost each year",
    "of-ramp_up": "Share of the saving in the first years",
    "of-salvage": "Scrap value",
    "of-residual_value": "Residual value",
    "of-tax": "Tax on profit",
    "of-loan": "Loan, rate",
    "real": "real",
    "nominal": "nominal",
    "straight-line": "straight line",
    "declining-balance": "declining balance",
    "annuity": "annuity",
    "equal-principal": "equal principal",
}  # fmt: skip

_VI = {
    "economics": "Hiệu quả kinh tế, NPV cao nhất trước", "npv": "NPV", "irr": "IRR", "mirr": "MIRR",
    "savings_to_investment": "SIR", "adjusted_internal_rate": "AIRR", "annual_worth": "Giá trị đều hằng năm",
    "discounted_payback": "HV chiết khấu", "life_cycle_cost": "Chi phí vòng đời", "return_on_investment": "Tỷ suất lợi nhuận (ROI)",
    "abatement_cost": "Chi phí giảm phát thải", "study_period": "Thời kỳ tính toán",
    "together": "Hiệu quả kinh tế của các giải pháp gộp lại", "one": "Hiệu quả kinh tế của {measure}",
    "levelised": "Chi phí cho {kind} tiết kiệm được", "npv_with": "NPV kể cả {line}", "left-out": "{measures}: không tính, thiếu số liệu tiền",
    "constant": "giá cố định năm 0, lãi suất thực", "current": "giá hiện hành, lãi suất danh nghĩa",
    "money": "Giá", "no-rate": "chưa có lãi suất chiết khấu", "equity": "Khi vay vốn (vốn tự có)", "loan": "Vốn vay",
    "debt_service_cover": "Hệ số trả nợ thấp nhất", "average_debt_service_cover": "Hệ số trả nợ trung bình",
    "flow": "Dòng tiền", "financing": "Dòng tiền khi vay vốn", "year": "Năm", "investment": "Đầu tư", "saving": "Tiết kiệm", "running_cost": "Chi phí vận hành",
    "tax": "Thuế", "net": "Dòng ròng", "present": "Giá trị hiện tại", "cumulative": "Lũy kế", "grant": "Tài trợ",
    "replacement": "Thay mới", "salvage": "Thanh lý", "residual_value": "Giá trị còn lại",
    "carbon_price": "giá các-bon", "other_benefits": "lợi ích khác", "interest": "Lãi vay", "principal": "Trả gốc",
    "tax_on_interest": "Thuế giảm", "equity-flow": "Vốn tự có", "chart": "Dòng tiền ròng theo năm",
    "chart-note": "# dòng ròng của năm; | mức không", "irr-roots": "Các lãi suất cho NPV = 0", "outside": "Ngoài các chỉ tiêu chính",
    "tornado": "NPV chung khi riêng một yếu tố giảm hoặc tăng {change}",
    "parameter": "Yếu tố thay đổi", "low": "giảm", "high": "tăng", "price-of": "giá {stream}",
    "savings": "mức tiết kiệm", "lifetime": "tuổi thọ", "running-cost": "chi phí vận hành", "basis.discount-rate": "lãi suất chiết khấu",
    "basis.inflation": "lạm phát", "break-even": "Điểm hòa vốn: điều kiện của từng giải pháp",
    "what": "Yếu tố", "needs-payback": "hoàn vốn\n{limit} nếu", "needs-npv": "NPV > 0\nnếu",
    "always": "luôn đạt", "never-met": "không đạt",
    "nearest-conditions": "mỗi giải pháp nêu {most} điều kiện dễ bị phá vỡ nhất; xem tất cả: --measure MÃ, hoặc --format json",
    "stand-alone": "riêng lẻ", "in-order": "theo thứ tự", "order-free": "không phụ thuộc thứ tự",
    "interaction": "Các giải pháp chồng lấn, tiết kiệm mỗi năm", "overlap-note": "không phụ thuộc thứ tự: phần công bằng của từng giải pháp trong tổng tiết kiệm (giá trị Shapley)",
    "measure-page": "Giải pháp {measure}", "scenario": "So sánh các kịch bản", "as-in-file": "tệp",
    "energy": "năng lượng", "water": "nước", "needs": "Điều kiện", "value": "Giá trị", "scenario-sets": "{scenario}: {sets}",
    "reductions-of": "Giảm thiểu, mỗi năm", "money-of": "Tiền", "co2": "CO2", "figure": "Chỉ tiêu",
    "rests-on": "Dựa trên",
    "of-growth": "Mức tăng của {line} mỗi năm",
    "of-discount_rate": "Lãi suất chiết khấu",
    "of-inflation": "Lạm phát",
    "of-lifetime": "Tuổi thọ",
    "of-saving_loss": "Phần tiết kiệm mất mỗi năm",
    "of-ramp_up": "Phần tiết kiệm đạt được trong các năm đầu",
    "of-salvage": "Thanh lý",
    "of-residual_value": "Giá trị còn lại",
    "of-tax": "Thuế trên lợi nhuận",
    "of-loan": "Vốn vay, lãi suất",
    "real": "thực",
    "nominal": "danh nghĩa",
    "straight-line": "đường thẳng",
    "declining-balance": "số dư giảm dần",
    "annuity": "trả đều",
    "equal-principal": "gốc đều",
}  # fmt: skip

_WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType({"en": MappingProxyType(_EN), "vi": MappingProxyType(_VI)})


def money_word(key: str, language: str, **values: object) -> str:
    """The label for a key of the economics pages; any other key as everywhere else."""
    text = _WORDS[language].get(key)
    if text is None:
        return word(key, language, **values)
    return text.format(**values) if values else text
