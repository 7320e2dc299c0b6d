"""Things of every day: food, cars, schools."""

from __future__ import annotations

from charnames.pretrained.base.lists.sources import Lists, strings


def faker_food() -> Lists:
    """Dishes, ingredients, spices, fruit and vegetables."""
    from faker_food import dishes, fruits, ingredients, spices, sushi, vegetables

    tables = [dishes, ingredients, spices, fruits, vegetables, sushi]
    return {"food:en:faker-food": list(strings(tables))}


def faker_vehicle() -> Lists:
    """Makes and models of cars."""
    from faker_vehicle.vehicle_dict import vehicles

    names = {str(car[field]) for car in vehicles for field in ("Make", "Model")}
    return {"phrase:en:cars": sorted(names)}


def faker_education() -> Lists:
    """Public schools of the United States and their districts (NCES)."""
    from faker_education.constants import school_list

    schools = {entry["school"] for entry in school_list}
    districts = {entry["district"] for entry in school_list}
    return {
        "company:us:schools": sorted(schools)[::3],
        "company:us:districts": sorted(districts)[::2],
    }
