from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def ratings(request: HttpRequest) -> HttpResponse:
    return render(request, "about/ratings.html")


def verification(request: HttpRequest) -> HttpResponse:
    return render(request, "about/verification.html")


def guidelines(request: HttpRequest) -> HttpResponse:
    return render(request, "about/guidelines.html")


def write_a_review(request: HttpRequest) -> HttpResponse:
    return render(request, "about/write_a_review.html")
