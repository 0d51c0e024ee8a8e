"""Grids as a GeoJSON FeatureCollection (RFC 7946), longitude first; properties by our own names."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from yimen.foundation.denied import denied
from yimen.foundation.errors import Invalid

from .. import coordinates
from ..models import Grid
from .rows import GRID, MOST, Sheets, Wrong, grid_row

SHEET = "GeoJSON"


def read(body: bytes) -> Sheets:
    """The grids of a file. Raises Invalid for what is no FeatureCollection; wrong features are listed by their place.

    A coordinate system is named by each feature (`crs`) or by the file (`crs`, as before RFC 7946); without one it is
    WGS-84. A property that the house denies refuses the file by its name; unknown ones are passed over.
    """
    told = _collection(body)
    sheets, whole = Sheets(), _crs_of_file(told)
    for number, feature in enumerate(told["features"], start=1):
        try:
            row = _named(feature, whole)
            sheets.grids.append(grid_row(number, row))
        except ValueError as error:
            sheets.wrong.append(Wrong(SHEET, number, str(error)))
    return sheets


def write(grids: Iterable[Grid], *, public: bool = False) -> bytes:
    """Every grid as a feature. `public`: rounded to 3 decimals, for whoever is not of the office."""
    features = [_feature(grid, public) for grid in grids]
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False, indent=1)
    return text.encode()


def _collection(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise Invalid(_("还不能导入"), {"file": _("这不是 GeoJSON 文件")}) from error
    features = (
        told.get("features") if isinstance(told, dict) and told.get("type") == "FeatureCollection" else None
    )
    if not isinstance(features, list) or not 0 < len(features) <= MOST:
        raise Invalid(_("还不能导入"), {"file": _("文件里应有 1 到 %d 个网格（FeatureCollection）") % MOST})
    return {**told, "features": features}


def _crs_of_file(told: Mapping[str, Any]) -> object:
    named = told.get("crs")
    inside = named.get("properties") if isinstance(named, dict) else None
    return inside.get("name") if isinstance(inside, dict) else named if isinstance(named, str) else None


def _named(feature: Any, crs: object) -> dict[str, Any]:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    if not isinstance(properties, dict):
        raise ValueError(_("缺少 properties"))
    for name in properties:
        if what := denied(str(name)):
            raise Invalid(_("按设计不收这一列：%(column)s（%(why)s）") % {"column": name, "why": what})
    row = {key: properties[key] for key in GRID if key in properties and key != "polygon"}
    if feature.get("geometry"):
        row["polygon"] = feature["geometry"]
        row.setdefault("crs", crs)
    return row


def _feature(grid: Grid, public: bool) -> dict[str, Any]:
    geometry = coordinates.public(grid.polygon) if public and grid.polygon else grid.polygon
    return {"type": "Feature", "properties": told(grid), "geometry": geometry}


def told(grid: Grid) -> dict[str, Any]:
    """A grid by our own names, without its outline."""
    return {
        "code": grid.code,
        "scheme": grid.scheme,
        "level": grid.level,
        "name": grid.name,
        "number": grid.number,
        "parent": grid.parent.code if grid.parent else None,
        "unit": grid.unit.key,
        "places": grid.places,
        "crs": grid.crs,
        "valid_from": grid.valid_from.isoformat(),
        "valid_to": grid.valid_to.isoformat() if grid.valid_to else None,
    }
