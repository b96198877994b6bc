"""What demo members say around reviews: comments, vendors' answers, disputes, reports, appeals. All of it is made up."""

COMMENTS = (
    "Which [edition|plan] are you on? We were told that [the reports|single sign-on] cost extra and I would like to know before we ask for a quote.",
    "Thank you for naming the weak side as well. How many people look after {product} at your place on a normal day?",
    "We see the same with {product}. It became [bearable|much better] after we [turned the sync down|moved the archive elsewhere|split the big workspace].",
    "Did you look at {rival} before you decided? We are between the two and {noun} is new to us.",
    "Is that still so with the current release? Ours is [half a year|a year] behind and I wonder whether [updating|waiting] pays.",
    "How long was the pilot, and with how many people? Ours has run for [two|three] weeks and we can't tell yet.",
    "The part about support matches what we hear: [first answer within the day, the real one a week later|friendly, and slow as soon as it gets technical].",
    "Good point about the roll-out. We [wrote our own two-page guide|named one person per team], which helped more than the training.",
    "Could you say roughly what {product} costs you per person and month, or at least whether the price moved at renewal?",
    "We left {rival} for {product} and had the [opposite|same] impression, so it may depend on the size. We are about {people}.",
    "What did you do about the data you had before? Moving ours is what keeps us from deciding.",
    "Are the [audit logs|exports] complete enough for your [auditors|revision department]? That was where two others failed for us.",
    "Interesting. For us it is the administration that takes time, not the daily use.",
    "How does it behave with many people at once? Monday mornings are our test for everything.",
)
REPLIES = (
    "Happy to answer: we are on the [middle|largest] plan, and [the reports|single sign-on] came with it after we asked.",
    "About half a person. In the first three months it was two.",
    "Yes, still so. It got [a little|noticeably] better with the last update, and I would edit the review if it went away.",
    "Three weeks with [twelve|twenty] people, and that was enough to see the two things I wrote about.",
    "We had {rival} on the list as well. On paper they were equal; our own data decided it.",
    "We moved the last two years and kept the rest readable in the old system. Nobody has asked for it since.",
    "I can't name the price here. It went up at renewal, by less than we had planned for.",
    "Complete, but slow: the big export runs over night.",
    "Not yet. We plan to look at it again in [spring|autumn].",
)
RESPONSES = (
    "Thank you for taking the time. [The behaviour|The delay] you describe on larger installations is known to us, and [a change for it is in testing|we publish our progress on the status page]. If you tell us which version you run we can say more.",
    "We are glad that the daily work goes well. On the pricing: the list you mention changed this year, and existing contracts keep their terms. That we did not say so clearly is our fault.",
    "Thank you for this review. You are right about the documentation of the administration; [a new chapter|a rewritten guide] has been online since last month.",
    "We read this with interest and with some discomfort. Support should not have taken that long; we have changed how questions from [administrators|smaller teams] are routed.",
    "Thank you. The migration is the part where most customers want help, and we now offer a [checklist|trial run] for it free of charge.",
    "Your point about permissions is fair. Roles per folder are planned; we don't give a date before it runs.",
    "Thank you for the praise, and for the criticism as well. Both went to the team that makes the part you write about.",
    "We would have wished for a better word from you, and we see why it isn't one. The export you miss exists in the interface for programs; a button for it is on our list.",
)
DISPUTES = (
    ("wrong_product", "The review describes a module that is part of another product of ours and was sold to this customer separately. The points about its reports don't apply to the product on this page."),
    ("not_personal", "What is described can't have happened within the last twelve months: the screen that the review complains about was replaced two years ago."),
    ("conflict", "We believe that the author works for a reseller of a competing product. The wording is that of their comparison sheet."),
    ("private_data", "The review names a discount that is part of a confidential contract."),
    ("copied", "Whole sentences are the same as in an article about our product."),
)  # fmt: skip
REPORTS = (
    (
        "fake",
        "This reads like an advertisement. Nobody who uses it every day would write so.",
    ),
    ("spam", "The same sentences stand under another product."),
    ("other", "The author seems to mean an older version."),
    ("private_data", "It mentions what a contract cost, that should not be public."),
    ("abuse", "The tone about the support people is insulting."),
    ("fake", "I think this was written by somebody at a competitor."),
    ("other", "It is unfair, we never had these problems."),
    ("spam", ""),
)
SPAM_COMMENTS = (
    "Our team can set this up for you in a day, write to us for an offer.",
    "Best price for licences, ask for our list.",
)
RUDE_COMMENT = (
    "Anybody who gives this five stars has never worked a day with it. What nonsense."
)
APPEALS = (
    "I have used the product every day since last year and can show the invoices. My work e-mail was confirmed only after you decided; please look again.",
    "The sentence you call confidential is on the vendor's public price page. I quote nothing else.",
    "I don't sell anything and named no company. I would like somebody else to read it again.",
    "The other review that is said to be alike is my own, about the hosted edition of the same product.",
)
# What is added to the pros of a review whose author edits it.
EDITS = (
    " Since the update in autumn the reports open in half the time.",
    " We have since rolled it out to a second department, and that took a week.",
    " After a year the price is still what we agreed on.",
    " One more thing: the search now finds attachments as well.",
    " Support has become quicker since they opened a second office.",
)
# A zero-width space and a no-break space: what a moderator must be able to see.
HIDDEN_EDIT = " It works\u200b well with\u00a0our directory."
CLAIMS = (
    ("Customer advocate", "I look after the customers who write reviews."),
    ("Head of product marketing", "We would like to answer what is written about us."),
    ("Support lead", ""),
)
EXPLANATIONS = {
    "not_verified": "The address you confirmed belongs to a free mail provider, and no proof of use came with the review.",
    "not_personal": "You write what colleagues told you; the review must tell your own experience.",
    "copied": "Most of the text is the same as in another review that was published before.",
    "advertising": "The last paragraph offers your own services.",
    "abusive": "The second paragraph insults the people of the support by name.",
    "private_data": "It quotes the terms of a contract.",
    "wrong_product": "It describes the vendor's other product.",
    "conflict": "Your profile and your address show that you work for a vendor of competing products.",
}
