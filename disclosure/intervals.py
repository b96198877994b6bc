import math

# The 95th percentile of the standard normal distribution: 90 % lies between ±z.
Z_90 = 1.6448536269514722


def wilson(share: float, n: float) -> tuple[float, float]:
    """The 90 % interval of a share; for a weighted one n is Kish's effective size.

    Wilson, "Probable inference, the law of succession, and statistical inference",
    J. Am. Stat. Assoc. 22 (1927), 209-212.
    """
    squared = Z_90**2 / n
    middle = (share + squared / 2) / (1 + squared)
    spread = share * (1 - share) / n + squared / (4 * n)
    margin = Z_90 * math.sqrt(spread) / (1 + squared)
    return max(0.0, middle - margin), min(1.0, middle + margin)
