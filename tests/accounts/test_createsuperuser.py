import pytest
from django.core.management import call_command

from accounts.models import User
from tests.accounts.members import PASSWORD, sign_in

pytestmark = pytest.mark.django_db


def test_superuser_of_the_command_can_enter_the_panel_at_once(client, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command(
        "createsuperuser", email="Chief@Site.example", interactive=False, verbosity=0
    )
    assert User.objects.get().email == "chief@site.example"
    response = sign_in(client, "chief@site.example", next="/admin/")
    assert (response.status_code, response["Location"]) == (302, "/admin/")
    assert client.get("/admin/").status_code == 200
