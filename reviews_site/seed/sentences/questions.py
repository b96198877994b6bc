"""Answers to the structured questions that sound alike for every product. `good` from content reviewers, `bad` from others."""

STABILITY = {
    "good": (
        "Very stable. [One short outage|No outage|Two hiccups] in {duration}, back within [minutes|a quarter of an hour].",
        "No crash and no lost data in {duration}.",
        "I'd give it a nine of ten. [One restart after a full disk, our own fault.|A certificate ran out once, ours.]",
        "We measure availability: [99.97|99.95|99.98] % over the last [year|two quarters], planned work included.",
        "Stable. We restart it for updates and for nothing else.",
        "@saas Their status page and our own checks agree, which says something. [Three|Two] incidents in {duration}, none over an hour.",
        "@long Solid since the second month; the first weeks had [configuration trouble|teething problems] of our own making.",
    ),
    "bad": (
        "Not stable enough. [Four|Five|Six] outages in {duration}, the longest [nine|six|seven] hours.",
        "It crashes about [twice a month|every other week], usually when we need it.",
        "No data lost, but [restarts|time-outs] are part of the routine.",
        "Better since the last release. Before that, [weekly|regular] restarts.",
        "@saas [Monday mornings are|The first hour of the day is] unreliable. The status page says otherwise.",
    ),
}
SCALABILITY = {
    "good": (
        "We started with [one team|a single department|a pilot group] and are at {people} people now, without changing the set-up.",
        "No limit in sight. Load [doubled|tripled] in {duration}, response times didn't move.",
        "Grows well. We added [two nodes|one node|capacity] last [spring|autumn] in [an hour|an afternoon].",
        "For {people} people it's more than enough; I can't speak for ten times that.",
        "We doubled the number of [sites|teams] on it and the only change was [the invoice|a larger disk|one more administrator].",
    ),
    "bad": (
        "Up to [a few hundred|about 300] users fine, then you notice. We are {people}.",
        "Growing means [a bigger machine|another licence tier], there's no other way.",
        "We hit limits earlier than the sizing guide said: at about [40 per cent|60 per cent|half] of the stated load.",
        "Splitting into [two|three] instances helped, and now we maintain everything [twice|several times].",
    ),
}
SUPPORT = {
    "good": (
        "@paid Good. [Two|Three|Four] hours on average for us, competent from the first answer.",
        "@paid We have used it [nine|six|twelve] times. All but one of those were solved within two days.",
        "@paid Friendly, technically strong, slow only during [US holidays|the summer].",
        "@oss No paid support in our case. The community forum and the issue tracker have been enough.",
        "@oss We bought support from a partner and rarely need it. The documentation covers most.",
        "Documentation is good, so we seldom ask. When we did, the answer [helped|was to the point].",
        "The knowledge base solves [most|four of five] questions. For the rest there are [people who know|helpful forums].",
    ),
    "bad": (
        "@paid Slow. [Five|Four|Nine] days for a first real answer, then a request for logs we had sent.",
        "@paid First level reads from a script. Insist on escalation early.",
        "@paid Depends on whom you get. [Two of seven|Three of eight] tickets were closed without a solution.",
        "@oss You are on your own. Issues are [closed by a bot|left open for months].",
        "@oss Questions in the forum stay unanswered if they go beyond the first chapter.",
        "Documentation lags behind [by a version|the product], so every question becomes a ticket or a search.",
    ),
}
SETUP = {
    "good": (
        "Straightforward. [Two|Three] days for the base, [two|three] weeks until everything was connected.",
        "Easier than expected: [one engineer|one colleague and me], [eight|six|ten] days in total.",
        "The trial became production. We only changed [the address and the log-in|sizing and backups].",
        "A partner did the first [week|ten days], the rest was us. No surprises.",
        "Set-up itself took [a morning|an afternoon]. Agreeing on [names and roles|who owns what] took a month.",
        "We migrated [department by department|team by team] over [six|eight] weeks; nobody had to stop working.",
    ),
    "bad": (
        "Complex. Planned [six|eight] weeks, needed [five|six] months, with [two|three] external people.",
        "The installation guide leaves out [certificates and proxies|sizing|the order of steps]. We had to start over [once|twice].",
        "Tedious rather than hard: [three hundred|two hundred] settings, no import.",
        "Connecting it to our directory took [three weeks|a month] of tickets.",
    ),
}
ROI = {
    "good": (
        "Paid off after [seven|nine|ten|fourteen] months by our own sums, mostly saved hours.",
        "About [1.5|two|one] posts saved in {team}. More than it costs.",
        "Hard to put a figure on it. [Fewer escalations are|Fewer night calls are|Less rework is] worth it to me.",
        "We cancelled [two|three] contracts for it, so it was cheaper from the first year.",
        "Roughly [four|six|three] hours a week for each of [eight|twelve|twenty] people.",
    ),
    "bad": (
        "None so far. The effort of running it eats the savings.",
        "Negative in the first [two years|year], if I count our own days.",
        "We were promised [twelve|nine] months. It has been [twenty|eighteen].",
    ),
}
PRICING = {
    "good": (
        "@paid Ask for [three-year|two-year] terms with a cap on increases; we got [4|5|3] %.",
        "@paid Priced per user. Clean up inactive ones before the renewal, we found [11|14|9] %.",
        "@paid Fair. The middle edition is enough for most, [single sign-on|audit logs] included.",
        "@paid List price is a starting point. [A reference call|The end of their quarter] helped.",
        "@oss No licence fee. Plan for [servers and half a day a week|hosting and a bit of training].",
        "@oss Free, and we sponsor the project with [a small yearly sum|bug fixes].",
    ),
    "bad": (
        "@paid Read what counts as a [user|unit]. Ours tripled by definition, not by use.",
        "@paid Test systems, [connectors|archiving] and training were all extra. Get everything quoted.",
        "@paid The discount of year one is gone in year two. Negotiate the renewal before you sign.",
        "@oss Free to start, but features we needed are only in [the paid edition|a hosted plan].",
        "@oss No licence, high running cost. Compare with a hosted offer before deciding.",
    ),
}
PREVIOUS = {
    "any": (
        "[Spreadsheets and mail|A home-grown tool|Scripts nobody owned]. It worked until [the colleague who built it left|we grew past forty people].",
        "A product that reached its end of support. We had [a year|nine months] to find something else.",
        "{rival}. We switched because of [price|support|missing interfaces], after [four|six|three] years.",
        "Nothing comparable. Each [department|team] had its own way.",
        "An older suite from a large vendor. Too [expensive|heavy] for what we used of it.",
    ),
}
ALTERNATIVES = {
    "good": (
        "{rival} and {rival2}. Both would have done; this one was [easier to run|quicker in our pilot|clearer in its terms].",
        "We compared it with {rival} for [four|six] weeks. The deciding points were {s} and [price|our own skills].",
        "{rival}, which had more features than we need.",
        "A short list with {rival} and {rival2}, scored by [seven|five|nine] people. The difference was small.",
    ),
    "bad": (
        "{rival} and {rival2}. In hindsight we gave too much weight to [the demo|price].",
        "{rival}. We may go back to that list.",
    ),
}
ADVICE = {
    "good": (
        "Start small, with [one team|one process], and let the others come.",
        "Take the defaults and change as little as possible in the first [three|six] months.",
        "Name one person who owns it. Without that it drifts.",
        "Do a trial with your own data; the differences show there.",
        "Plan time for [clean-up before migrating|roles and names]. The software isn't the hard part.",
        "Talk to somebody of your own size who runs it.",
        "Spend the training budget on [five|three] people who then help the others.",
    ),
    "bad": (
        "Insist on a pilot with your own data and your own load.",
        "Get every promise in writing, with a date.",
        "Ask for a reference that has run it for more than [a year|two years].",
        "Check {f} first. It decided the matter for us.",
        "Calculate running it honestly, people included.",
        "Have a way out before you go in.",
    ),
}
HELPED_LITTLE = (
    "Less than hoped. [Some steps are quicker, others slower.|We gain here and lose there.]",
    "It hasn't yet. We spend more time on it than it saves.",
    "A little: [there's one place to look now|data is in one system, at least].",
    "Hard to say. {team_cap} would say no.",
    "Not measurably. The process is the same, with other screens.",
)
