"""Operands of formulas, and equations that hold words, in Vietnamese; in English both stand as the cards have them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_OPERANDS: Mapping[str, str] = MappingProxyType(
    {
        "a": "a", "absolute_from": "nhiệt độ tuyệt đối trước", "absolute_to": "nhiệt độ tuyệt đối sau",
        "activity": "mức hoạt động", "after": "sau", "alone": "riêng lẻ", "amount": "số tiền", "annual": "mỗi năm",
        "annual_cost": "chi phí mỗi năm", "annual_net_saving": "tiết kiệm ròng mỗi năm",
        "annual_quantity": "lượng mỗi năm", "as_stated": "như đã nêu", "at_zero": "khi bằng không",
        "available": "lượng còn lại", "avoided": "lượng tránh phát thải", "b": "b", "balance": "dư nợ",
        "before": "trước", "capacity": "khả năng sinh khí", "celsius": "nhiệt độ °C", "coefficient": "hệ số",
        "concentration": "nồng độ", "concentration_from": "nồng độ trước", "concentration_to": "nồng độ sau",
        "constant": "hằng số", "consumption_after": "mức tiêu thụ sau", "correction": "hệ số hiệu chỉnh",
        "cost": "chi phí", "covered": "lượng đã tính", "decline": "mức giảm", "denominator": "mẫu số",
        "duration": "thời gian", "earlier": "trước đó", "earlier_years": "số năm trước đó",
        "efficiency": "hiệu suất", "emission": "lượng phát thải", "emission_factor": "hệ số phát thải",
        "factor": "hệ số", "first_year": "năm đầu", "fixed": "phần cố định", "flow": "lưu lượng",
        "flow_from": "lưu lượng trước", "flow_to": "lưu lượng sau", "full": "toàn phần", "future": "giá trị tương lai",
        "grant": "tài trợ", "gross": "tổng gộp", "growth": "mức tăng", "gwp": "GWP", "horizon": "thời kỳ tính toán",
        "hours": "số giờ", "ice_point": "điểm băng", "inflation": "lạm phát", "investment": "đầu tư",
        "is_replaced": "có thay mới", "lifetime": "tuổi thọ", "load": "tải lượng", "loan": "vốn vay",
        "loss": "phần mất", "moisture": "độ ẩm", "moisture_from": "độ ẩm trước", "moisture_to": "độ ẩm sau",
        "ncv": "nhiệt trị thấp", "nominal": "danh nghĩa", "numerator": "tử số", "organics": "tải lượng hữu cơ",
        "output": "sản lượng", "output_after": "sản lượng sau", "output_before": "sản lượng trước",
        "oxygen_from": "oxy trước", "oxygen_of_air": "oxy trong không khí", "oxygen_to": "oxy sau",
        "payments": "số kỳ trả", "per_dry_mass": "theo khối lượng khô", "per_wet_mass": "theo khối lượng ướt",
        "percent_number": "số phần trăm", "periods": "số kỳ", "position": "vị trí", "power": "công suất",
        "present": "giá trị hiện tại", "pressure_from": "áp suất trước", "pressure_to": "áp suất sau",
        "price": "đơn giá", "profit": "lợi nhuận", "quantity": "số lượng", "rate": "tỷ suất", "ratio": "tỷ số",
        "reached": "mức đạt được", "real": "thực", "recovered": "lượng thu hồi", "reduction": "mức giảm được",
        "running_cost": "chi phí vận hành", "savings": "tiết kiệm", "service": "khoản trả nợ", "share": "tỷ lệ",
        "sludge": "bùn", "specific": "suất tiêu hao", "specific_after": "suất tiêu hao sau",
        "specific_before": "suất tiêu hao trước", "target": "mục tiêu", "variable": "phần biến đổi",
        "worth": "giá trị", "x": "x", "year": "năm", "years": "số năm", "years_before": "số năm trước",
        # of formulas with any number of operands, with the number behind
        "flow #": "dòng tiền", "other #": "giải pháp khác", "power #": "công suất",
        "present_cost #": "chi phí hiện tại",
        "present_value #": "giá trị hiện tại", "term #": "số hạng", "year #": "năm",
    }
)  # fmt: skip

_EQUATIONS: Mapping[str, str] = MappingProxyType(
    {
        "E-5": "n = tổng (1 - d)^(t-1) với t = 1 ... N; phần lẻ của năm tính theo tỷ lệ",
        "F-5": "NPV = tổng CF_t / (1 + r)^t, t = 0 ... n",
        "F-6": "PVA = tổng 1 / (1 + r)^t, t = 1 ... n",
        "F-7": "EAW = NPV / (PVA năm)",
        "F-8": "SIR = PV(tiết kiệm) / PV(đầu tư)",
        "F-14": "MAC = -EAW / E = (I CRF + chi phí mỗi năm - tiết kiệm mỗi năm) / lượng tránh phát thải",
        "F-16": "t = (n + a / (a - b)) năm",
        "F-18": "LCC = tổng PV(chi phí)",
        "F-20": "t đầu tiên có tổng PV >= 0",
        "F-26": "(k L - n) / L của lần mua cuối; k > 0",
        "F-31": "số nhỏ nhất trong các số hạng",
        "F-28": "L > n, hoặc n không là bội của L khi có thay mới",
        "L-2": "P_k = B_0 / tổng (1 + r)^j, j = 0 ... n-1, nhân (1 + r)^(k-1)",
        "L-5": "D_t = max(2 B_t / n, B_t / (n - t)), phần còn lại vào năm cuối",
        "P-1": "trường hợp của (I, A)",
        "P-3": "nhóm của t",
        "F-21": "các nghiệm r > -99 % của tổng CF_t / (1 + r)^t = 0",
        "F-22": "nghiệm duy nhất",
        "F-32": "nghiệm thứ k",
        "S-9": "T = tổng các số hạng",
        "H-1": "phi_i = S_i nhân tích phân theo t từ 0 đến 1 của tích (1 - t s_j), j khác i",
    }
)


def operand_word(name: str, language: str) -> str:
    """The name of an operand, such as ``term 2``, in the language; one without a word of its own stays as it is."""
    if language == "en":
        return name
    base, _, number = name.rpartition(" ")
    if base and number.isdecimal():
        word = _OPERANDS.get(f"{base} #")
        return name if word is None else f"{word} {number}"
    return _OPERANDS.get(name, name)


def equation_words(symbol: str, equation: str, language: str) -> str:
    """The equation of a card, its words in the language."""
    return equation if language == "en" else _EQUATIONS.get(symbol, equation)
