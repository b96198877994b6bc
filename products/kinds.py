"""What the queue and the decision log call the things of this app."""

CLAIM = "vendor_claim"
