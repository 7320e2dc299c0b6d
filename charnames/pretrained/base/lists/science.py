"""Names of the sciences: species, drugs, minerals, stars."""

from __future__ import annotations

import re
from collections import defaultdict

from charnames.pretrained.base.lists.sources import (
    Lists,
    column,
    csv_rows,
    package_path,
)


def birdnames() -> Lists:
    """Birds in English and Latin, their genera, families and orders (AviList)."""
    table = "birdnames/data/processed/avilist_2025_taxonomy.csv"
    lists: Lists = defaultdict(list)
    for row in csv_rows(package_path("birdnames", table)):
        rank, name = row["avilist_taxon_rank"], row["scientific_name"]
        if rank == "species":
            lists["species:la:birds"].append(name)
            lists["species:en:avilist"].append(row["avilist_common_name"])
            lists["science:la:epithets"].append(name.split()[-1])
        elif rank in ("genus", "family", "order"):
            lists["science:la:genera"].append(name)
        lists["science:la:genera"].append(row["genus"])
    return lists


def faker_animals() -> Lists:
    """Animals in English and Latin."""
    from faker_animals.constants import animals

    return {
        "species:en:animals": [animal["common_name"] for animal in animals],
        "species:la:animals": [animal["scientific_name"] for animal in animals],
    }


def drugs() -> Lists:
    """Drugs with a number of DrugBank or MedlinePlus; not those of Wikipedia alone."""
    from drug_named_entity_recognition import drugs_finder

    entries = drugs_finder.d["drug_canonical_to_data"].values()
    names = [
        entry["name"]
        for entry in entries
        if "name" in entry and ("drugbank_id" in entry or "medline_plus_id" in entry)
    ]
    return {
        "drug:en:single": [name for name in names if name.isalpha()],
        "drug:en:several": [name for name in names if not name.isalpha()],
    }


def gemmology() -> Lists:
    """Minerals and gems, without the remarks in brackets."""
    path = package_path(
        "gemmology-mineral-database", "mineral_database/data/minerals.db"
    )
    names = column(path, "select name from minerals")
    return {"mineral:en:gems": [re.sub(r" \(.*", "", name) for name in names]}


def ephem() -> Lists:
    """Named stars."""
    text = package_path("ephem", "ephem/stars.py").read_text(encoding="utf-8")
    return {"star:en:named": re.findall(r"^([A-Z][A-Za-z' -]+),f\|", text, re.M)}
