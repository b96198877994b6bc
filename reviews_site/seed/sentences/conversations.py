"""What demo buyers ask reviewers in private, and what they hear back. Each thread is a list of turns, the buyer's first."""

OPENERS = (
    "Hello, we are [looking at|about to shortlist] {product} for {people} people. You write that you have used it for {duration}: what did the roll-out really take, in weeks and in people?",
    "Hi, your review of {product} is the first one that mentions [the difficult parts|things I recognise]. Would you say the points you criticise got better or worse over time?",
    "Good morning. We are comparing {product} with {rival} and would like to hear from somebody who isn't selling either. What made you decide?",
    "Hello, short question about {product}: how do you handle [upgrades|backups|access for partners]? The documentation is vague there and the [vendor's answer|forum] didn't help.",
    "Hi. We are [an organisation of about {people} people|in the same industry] and have a pilot of {product} planned for [next month|the spring]. Which [two or three things|mistakes] would you avoid if you started again?",
    "Hello, I have to defend {product} in front of our [finance people|management] next week. Roughly what does it cost you in internal days per month, apart from licences and servers?",
)
ANSWERS = (
    "Hello, happy to help. In our case it was about [six|eight|ten] weeks with [two|three] people part-time. The software was the smaller part; agreeing on [names and roles|who owns which data] took longer.",
    "Hi. Honest answer: it got better. [Two|Three] of the things I complained about were fixed within the year, the [reporting|documentation] is still what I wrote.",
    "Good questions. We had {rival} on the list too. What decided it was the pilot with our own data; on paper they were equal.",
    "Hello. We do it on a [Tuesday|Wednesday] morning with a test system in front, and read the notes twice. So far one surprise in {duration}.",
    "Hi, sure. I would start smaller, with one team, and I'd name one person who owns it from the first day. The rest follows.",
)
FOLLOW_UPS = (
    "That is very helpful, thank you. Did you need outside consultants, or was it doable with your own people?",
    "Thank you! And does the price hold at renewal, or should we negotiate that up front?",
    "Good to know. One more thing, if I may: how many people look after it on a normal day?",
)
SECOND_ANSWERS = (
    "Mostly our own people. We bought [five|three|eight] days from a partner for the start, which was money well spent.",
    "Negotiate it up front. We did so only the second time and regretted that.",
    "About half a post, in quiet weeks less. Plan for more in the first three months.",
)
THANKS = (
    "Perfect, that answers it. I owe you one.",
    "Thank you, that saves us a few weeks. All the best!",
)
SALESY = "Hi, we help companies like yours get more out of {product}. Do you have fifteen minutes this week for a quick call?"

# The demo buyer has this in the field and has not sent it yet.
SHOWN_DRAFT = "Thank you, that helps a lot. About the sizing: would you say that"

# The demo buyer and the demo reviewer.
SHOWN_THREAD = (
    (
        "buyer",
        "Hello! We are about 300 people and have {product} on a short list of three. You write that you run it every day: how long did it take until your colleagues used it without asking?",
    ),
    (
        "reviewer",
        "Hi, good question. Two weeks for the first team, and they then showed the others. What helped most was that we changed almost nothing in the defaults.",
    ),
    (
        "buyer",
        "That matches what we hear elsewhere. Did you do the migration yourselves, or with a partner?",
    ),
    (
        "reviewer",
        "Ourselves, in six weeks, three people part-time. I would buy a few days of help for the sizing next time: we were too small at first and had to move once.",
    ),
    (
        "reviewer",
        "And one more thing, since you asked about effort: about half a day a week to look after it. Less in summer.",
    ),
)
