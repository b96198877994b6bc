"""What the decision log calls the things of this app."""

PRICE_REPORT = "price_report"
