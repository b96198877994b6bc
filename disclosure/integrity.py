from disclosure.measures import FEWEST
from reviews_site.lib.integrity import sql

CHECKS = [
    sql(
        "cohort_too_small",
        f"A cohort that is in force has {FEWEST} organisations or more.",
        """
        SELECT p.slug || ' ' || c.topic FROM disclosure_cohort c
        JOIN products_product p ON p.id = c.product_id
        LEFT JOIN disclosure_cohortmember m ON m.cohort_id = c.id
        WHERE c.retired_on IS NULL
        GROUP BY c.id, p.slug HAVING count(DISTINCT m.organisation) < %(fewest)s
        """,
        fewest=FEWEST,
    ),
    sql(
        "cell_of_too_few",
        "A public figure has as many organisations behind it as it says, in cohorts that are in force.",
        """
        SELECT p.slug || ' ' || cell.topic FROM disclosure_cell cell
        JOIN products_product p ON p.id = cell.product_id
        LEFT JOIN disclosure_cohort c
            ON c.product_id = cell.product_id AND c.topic = cell.topic AND c.series = cell.series
            AND (cell.band = '' OR c.band = cell.band) AND c.retired_on IS NULL
        LEFT JOIN disclosure_cohortmember m ON m.cohort_id = c.id
        GROUP BY cell.id, p.slug
        HAVING count(DISTINCT m.organisation) < greatest(cell.organisations, %(fewest)s)
        """,
        fewest=FEWEST,
    ),
]
