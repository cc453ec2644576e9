"""The conditions of a factor in words: in English as a set writes them, in Vietnamese as people say them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

# What a row says besides its value, in the order a reader asks for it.
CONDITIONS: Mapping[str, str] = MappingProxyType(
    {
        "times": "nhân với", "plus": "cộng", "mcf": "hệ số MCF", "basis": "cơ sở", "mass-basis": "khối lượng",
        "scope": "phạm vi", "boundary": "ranh giới", "biogenic": "sinh khối", "abated": "đã xử lý",
        "fraction": "phần bụi", "equipment": "thiết bị", "size": "cỡ hạt", "data-year": "năm số liệu",
        "type": "loại", "published": "công bố", "gwp": "bộ GWP", "geography": "vùng", "per": "trên", "year": "năm",
        "from": "từ", "to": "đến", "indicator": "chỉ tiêu", "level": "mức", "applies-to": "áp dụng cho",
        "period": "giai đoạn",
    }
)  # fmt: skip

_VI: Mapping[str, str] = MappingProxyType(
    {
        "ncv": "nhiệt trị thấp", "gcv": "nhiệt trị cao", "wet": "ướt", "dry": "khô", "combustion": "đốt",
        "emitted": "phát ra môi trường", "generation": "phát điện", "process": "quá trình sản xuất",
        "treatment": "xử lý nước thải", "upstream": "thượng nguồn", "generated": "sinh ra trước xử lý",
        "lifecycle": "vòng đời", "consumption": "tiêu thụ", "combined-margin": "biên kết hợp",
        "operating-margin": "biên vận hành", "build-margin": "biên xây dựng", "average": "trung bình",
        "combined-margin-intermittent": "biên kết hợp, nguồn không liên tục", "filterable": "lọc được",
        "condensable": "ngưng tụ được", "total": "tổng", "world": "thế giới", "Europe": "châu Âu", "True": "có",
        "False": "không", "2-location": "2 theo vị trí", "2-market": "2 theo thị trường", "ash": "độ tro",
        "sulphur": "lưu huỳnh",
    }
)  # fmt: skip


def conditions(row: Mapping[str, Any], language: str) -> Iterator[str]:
    """What a row says besides its value; a text that is no word of ours stays as it is."""
    for key, name in CONDITIONS.items():
        value = row.get(key)
        if value is not None:
            yield f"{key} {value}" if language == "en" else f"{name} {condition(value, language)}"


def condition(value: Any, language: str) -> str:
    """One value of a condition in words."""
    return str(value) if language == "en" else _VI.get(str(value), str(value))
