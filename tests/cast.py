"""The people of the tests: one per role, always the same; 德感 is the park reporter's unit, 德感街道 the town reporter's."""

from parks.models import Unit, User


def enter_cast() -> dict[str, User]:
    """By name, in a database that has the units."""
    role = User.Role
    roles = {
        "安安": {"role": role.BUREAU_ADMIN, "is_staff": True, "is_superuser": True},
        "小石": {"role": role.BUREAU_STAFF},
        "老郑": {"role": role.LEADER},
        "审计": {"role": role.AUDITOR},
        "德感": {"role": role.UNIT_STAFF, "unit": Unit.objects.get(code="degan")},
        "街道": {"role": role.UNIT_STAFF, "unit": Unit.objects.get(code="500116002")},
    }
    return {
        name: User.objects.create_user(name, password="test-password", **rest)
        for name, rest in roles.items()
    }


def present() -> dict[str, User]:
    """Whoever the database has, by name."""
    return {person.username: person for person in User.objects.all()}
