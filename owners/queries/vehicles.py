from typing import Any

from owners.models import Vehicle
from owners.visibility import Eyes
from properties.policies import reaches


def vehicle_facts(vehicle: Vehicle, user: Any) -> dict[str, Any]:
    """What the page of a vehicle shows besides its own fields."""
    acts = {name: reaches(user, f"owners.{name}_vehicle", vehicle) for name in ("change", "disable")}
    return {"vehicle": vehicle, "owner_name": Eyes(user).owner_name(vehicle.owner), "acts": acts}
