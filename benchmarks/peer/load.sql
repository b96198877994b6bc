-- The measured set in the peer's own tables: the same products, categories and reviews, by the same authors.
SET search_path = peer;
SET synchronous_commit = off;

TRUNCATE catalogue_product, catalogue_category, catalogue_productclass, partner_partner, auth_user CASCADE;

INSERT INTO catalogue_productclass (id, name, slug, requires_shipping, track_stock)
OVERRIDING SYSTEM VALUE VALUES (1, 'Software', 'software', false, false);

INSERT INTO partner_partner (id, code, name) OVERRIDING SYSTEM VALUE VALUES (1, 'partner', 'Partner');

-- A tree of one level: the paths are of four characters, as its library counts them.
INSERT INTO catalogue_category (id, path, depth, numchild, name, slug, description, long_description,
    is_public, ancestors_are_public, exclude_from_menu)
OVERRIDING SYSTEM VALUE
SELECT id, lpad(upper(row_number() OVER (ORDER BY id)::text), 4, '0'), 1, 0, name, slug, '', '', true, true, true
FROM public.products_category;

INSERT INTO catalogue_product (id, structure, title, slug, description, rating, date_created, date_updated,
    is_discountable, product_class_id, is_public, priority)
OVERRIDING SYSTEM VALUE
SELECT p.id, 'standalone', p.name, p.slug, p.description, r.mean, p.created_at, p.updated_at, true, 1, true, 0
FROM public.products_product p LEFT JOIN public.reviews_productrating r ON r.product_id = p.id;

INSERT INTO catalogue_productcategory (category_id, product_id)
SELECT category_id, product_id FROM public.products_productcategory WHERE position = 0;

INSERT INTO partner_stockrecord (partner_sku, price_currency, price, date_created, date_updated, partner_id, product_id)
SELECT id::text, 'EUR', 10, created_at, updated_at, 1, id FROM public.products_product;

INSERT INTO auth_user (id, password, is_superuser, username, first_name, last_name, email, is_staff, is_active, date_joined)
OVERRIDING SYSTEM VALUE
SELECT u.id, '!', false, u.id::text, p.display_name, '', u.id || '@people.example', false, true, u.date_joined
FROM public.accounts_user u JOIN public.accounts_profile p ON p.user_id = u.id;

INSERT INTO reviews_productreview (score, title, body, name, email, homepage, status, total_votes, delta_votes,
    date_created, product_id, user_id)
SELECT greatest(1, half_stars / 2), headline, pros || E'\n\n' || cons, '', '', '', 1, 0, 0, published_at, product_id, author_id
FROM public.reviews_review WHERE status = 'published';

ANALYZE catalogue_product, catalogue_category, catalogue_productcategory, partner_stockrecord, auth_user,
    reviews_productreview;
