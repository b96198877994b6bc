"""Mistakes as programs make them: with somebody's data in their words and in their variables."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from reviews_site.celery import app


@app.task
def failing_task(address: str) -> None:
    recipient = address
    raise LookupError(f"No mailbox for {recipient}")


@csrf_exempt
def failing_view(request: HttpRequest, token: str) -> HttpResponse:
    said = request.POST["said"]
    failing_task.delay_on_commit(said)
    raise ValueError(f"{said} came with {token}")
