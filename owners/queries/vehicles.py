from typing import Any

from owners.models import Vehicle
from owners.visibility import Eyes


def vehicle_facts(vehicle: Vehicle, user: Any) -> dict[str, Any]:
    """What the page of a vehicle shows besides its own fields."""
    return {"vehicle": vehicle, "owner_name": Eyes(user).owner_name(vehicle.owner)}
