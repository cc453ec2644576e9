"""Sectors in the reader's language: the ones that assessments and benchmarks use; any other stays as written."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_VIETNAMESE: Mapping[str, str] = MappingProxyType({
    "alcohol": "cồn, rượu", "animal-feed": "thức ăn chăn nuôi", "asphalt": "bê tông nhựa", "beer": "bia",
    "beer-and-alcohol": "bia và rượu", "brewery": "bia", "brick": "gạch", "cashew": "hạt điều", "cement": "xi măng",
    "ceramics": "gốm sứ", "chemicals": "hóa chất", "coffee": "cà phê", "cosmetics": "mỹ phẩm", "dairy": "sữa",
    "desiccated-coconut": "cơm dừa sấy", "electroplating": "mạ điện", "fertiliser": "phân bón",
    "fish-processing": "chế biến cá", "food": "thực phẩm", "footwear": "da giày", "foundry": "đúc",
    "fruit-and-vegetables": "rau quả", "furniture": "đồ gỗ nội thất", "garments": "may mặc", "glass": "thủy tinh",
    "lead-foundry": "đúc chì", "meat": "thịt", "metalware": "đồ kim loại", "mixed": "nhiều ngành",
    "packaging": "bao bì", "paints": "sơn", "paper": "giấy", "pharmaceuticals": "dược phẩm", "plastics": "nhựa",
    "printing": "in", "pulp-and-paper": "bột giấy và giấy", "rice-milling": "xay xát gạo", "rubber": "cao su",
    "seafood": "thủy sản", "services-(office)": "dịch vụ (văn phòng)", "soap": "xà phòng",
    "soft-drinks": "nước giải khát", "starch": "tinh bột", "steel": "thép", "sugar": "đường", "tannery": "thuộc da",
    "tea": "chè", "textile": "dệt", "textile-and-footwear": "dệt và da giày", "textile-and-garment": "dệt may",
    "textile-dyeing": "dệt nhuộm", "vegetable-oil": "dầu thực vật", "wine": "rượu vang", "wood": "gỗ",
})  # fmt: skip


def sector_name(written: str, language: str) -> str:
    """A sector as a file writes it, in Vietnamese where that is asked for and known."""
    if language != "vi":
        return written
    return _VIETNAMESE.get(written.strip().casefold().replace(" ", "-"), written)
