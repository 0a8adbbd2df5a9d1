"""What the role templates may do with notices and channels."""

from audit.services import seeds as roles

PERMISSIONS = {
    roles.SYSTEM_ADMIN: ["notices.change_channelsetting"],
}
