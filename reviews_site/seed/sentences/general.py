"""What is said about software of any kind."""

from reviews_site.seed.sentences.parts import flaw, strength

STRENGTHS = (
    strength(
        "ease_of_use",
        "short learning curve",
        "@staff New colleagues are productive [within a day|within two days|in their first week], which [we did not expect|I can't say of what we had before|surprised me].",
        "The learning curve is short. I [wrote|kept] a two-page guide for {team} and [nobody has opened it since|that was the whole training].",
        "You can guess where things are, and the guess is [usually|nearly always] right.",
        "It took me [an afternoon|a morning|one quiet Friday] to feel at home in it.",
        "Simple things stay simple. That sounds obvious, but [few|not many] products in this [field|corner] manage it.",
    ),
    strength(
        "support",
        "documentation that answers questions",
        "The documentation is [written by people who use the thing|unusually honest about limits|good enough that we rarely search elsewhere], with examples that [run as printed|work when you paste them].",
        "Docs are clear and [up to date|kept in step with releases]; I have found [one wrong page|two wrong pages] in {duration}.",
        "Good reference documentation. Every option is explained, including [the default|what happens when you leave it out|the ones you should not touch].",
        "Whenever I was stuck, the [migration notes|how-to pages|troubleshooting section] had the answer.",
    ),
    strength(
        "support",
        "support that knows the product",
        "@paid Support answers within [an hour or two|the same day|a couple of hours], and the first person who answers [already knows the product|can actually fix things].",
        "@paid We opened [six|nine|eleven|fourteen] tickets so far. [All but one were|Every one was] solved without [a call|escalation|us having to chase].",
        "@paid Their support engineer [found|tracked down] a mistake in our own configuration and [was polite about it|sent us a corrected one].",
        "@paid Tickets get a real answer instead of a link to the manual. [The last one took three hours from report to fix.|That alone sets them apart from our other vendors.]",
        "@oss The community is [friendly and quick|large and patient]; a question I posted [on a Sunday|late on a Friday] had [two|three] useful answers by [Monday|the next morning].",
        "@oss Maintainers reply on issues [within days|within a day or two], and our [small patch|bug report with a test] was merged in the next release.",
    ),
    strength(
        "stability",
        "uneventful in production",
        "It just runs. In {duration} we had [one outage|two short outages|no outage] that could be traced to it.",
        "Very stable for us: [no restart in {duration}|nothing but planned restarts since we went live|I can't remember the last incident].",
        "Boring in the best way. It has never been the reason [anyone got a call at night|for a postmortem|we missed a deadline].",
        "Rock solid so far, even during [our year-end peak|the Black Friday week|month-end close|enrolment week].",
    ),
    strength(
        "features",
        "upgrades without drama",
        "@self@staff Upgrades are [dull, as they should be|a non-event]: we do them [during lunch|on a Tuesday morning] and [nobody notices|users don't notice].",
        "@self We went through [four|five|three] major versions without a rollback. [Deprecations are announced two releases ahead.|The release notes list what breaks, and nothing else did.]",
        "@saas New features arrive [every few weeks|monthly] and are [switched off until we ask for them|announced well before], so {team} is not surprised.",
        "@saas Maintenance windows are announced a [week|fortnight] ahead and [have always ended on time|rarely touch working hours].",
    ),
    strength(
        "features",
        "an API that covers everything",
        "@staff Whatever the interface can do, the API can do too. We [scripted our yearly clean-up|automated the joiners and leavers|feed our own reports from it].",
        "@staff The API is [complete and predictable|clean and well versioned]; our [intern|working student|newest developer] built [a sync|an export|a small bot] in [two|three] days.",
        "@staff Webhooks [arrive in order and carry enough to act on|are signed, retried and documented], which saved us [a polling job|a lot of glue code].",
    ),
    strength(
        "ease_of_use",
        "quick roll-out",
        "@staff We planned [eight|ten|twelve] weeks for the roll-out and were done in [five|six|seven].",
        "@staff From [contract|decision] to first real use it was [nine days|under three weeks|about a month], with [one colleague|two colleagues] involved part-time.",
        "@staff Set-up was painless: {people} people moved over [in one weekend|in three waves], and the help desk [saw a dozen calls|hardly noticed].",
        "@staff I had a working [pilot|test installation|proof of concept] the same day, and most of it is still in use.",
    ),
    strength(
        "value",
        "a sensible cost",
        "@paid The price is fair for what you get. It replaced [two|three] other contracts, and we still [pay less than before|came out about 20 % lower].",
        "@paid@buyer Pricing is [readable|published and simple]: I could forecast the second year within [three|five] per cent.",
        "@paid@buyer The renewal came in at [plus 3 %|plus 4 %|the same price] without a fight, and the contract is [short enough to read|free of surprises].",
        "@paid It paid for itself in [about seven months|under a year|the second quarter], mostly in hours we no longer spend on [manual work|chasing things].",
        "@oss Being open source, the only cost is our own time, and [that has been modest|less of it than we feared]: [half a day a month|perhaps two days a quarter].",
        "@oss No licence to negotiate, so we [started small and grew|could try it on a real project first] without asking procurement.",
    ),
    strength(
        "features",
        "clean export of our data",
        "@staff You can get all of your data out again in [plain CSV and JSON|documented formats]. I tested that before signing, and [again last month|it still holds].",
        "@staff Exports are complete and [honest|include the history], so we never felt locked in.",
    ),
    strength(
        "speed",
        "fast even with a lot of data",
        "It is fast. Pages that took [eight|ten|twelve] seconds in the old system [open at once|take less than one].",
        "Performance held up when we went from [a pilot of 30 to|one team to] {people} people.",
        "Even at our volume it [doesn't slow down|stays responsive], and we are [not small|far beyond what the sizing guide calls large].",
    ),
    strength(
        "features",
        "thoughtful defaults",
        "@staff The defaults are sensible. We [changed four settings|touched three settings] and left the rest alone.",
        "Somebody thought about defaults: [retention, time zones and permissions|limits, time-outs and retries] were right out of the box.",
    ),
    strength(
        "features",
        "steady, sensible releases",
        "The roadmap is public and [they keep to it|mostly true]. [Two|Three] things we asked for shipped within [a year|six months].",
        "Each release fixes [something that actually annoyed us|real problems] instead of adding another [dashboard|wizard|assistant].",
    ),
)

APPLICATION_STRENGTHS = (
    strength(
        "ease_of_use",
        "clear interface",
        "@user The interface is calm and readable. I spend [most of my day|three or four hours a day] in it and it doesn't tire me.",
        "@user Everything I need for the daily work is on one screen, and the keyboard shortcuts are [worth learning|consistent].",
        "The screens are clear enough that [even our least technical colleagues|people who avoid software] use it without asking.",
        "@user Search finds what I mean, including [old items|things I only half remember].",
    ),
    strength(
        "features",
        "single sign-on and roles done right",
        "@admin Single sign-on and provisioning through [SCIM|our directory] worked on the first try, [which never happens|to my surprise].",
        "@admin The role model is fine-grained without being a maze; we run {people} people on [five|six|seven] roles.",
        "@admin Joiners, movers and leavers are handled by the directory sync. I have not created an account by hand since [the pilot|go-live].",
        "Permissions are easy to explain to an auditor: [who, what, since when|one page per role].",
    ),
    strength(
        "features",
        "complete audit trail",
        "Every change is logged with who and when, and [the auditors took the export as it was|that answered our auditor's first ten questions].",
        "The audit log has settled more than one [argument|who-did-this discussion] in our team.",
    ),
    strength(
        "features",
        "integration with our other tools",
        "It talks to [Teams, Jira and our directory|Slack and Jira|our ticket system and the mail server] out of the box, and the connectors [stay connected|have not broken yet].",
        "@staff The integration with [our data warehouse|the HR system|our ticketing] took [a day|two days], not the [sprint|month] we had planned.",
    ),
    strength(
        "ease_of_use",
        "a mobile version people use",
        "@user The mobile version is not an afterthought. I approve and answer most things [on the train|between meetings].",
        "Field staff use it on their phones all day and [complain about other things|stopped asking for laptops].",
    ),
)

FLAWS = (
    flaw(
        "ease_of_use",
        "a steep start",
        [
            "The first [two weeks|fortnight|month] [are|feel] steep; a guided path for newcomers would help.",
            "There is a lot to learn before it clicks. [Plan for that.|Once it does, it is fine.]",
            "Terminology takes getting used to: [three|several] words mean something else here than [everywhere else|in the rest of our stack].",
        ],
        [
            "The learning curve is brutal. After {duration} we still have [two people|one person] who really understand it, and [they are tired of being asked|everybody queues at their desk].",
            "Nothing is where you would look for it. [Half|A good part] of {team} gave up and [works around it|keeps its own spreadsheet].",
            "@staff We paid for [three|four] days of training and people were still lost. [The concepts don't match how anybody works.|It should not need that much explaining.]",
        ],
    ),
    flaw(
        "support",
        "slow support",
        [
            "@paid Support is helpful but [slow in our time zone|takes a day longer than I'd like].",
            "@paid First-level support tends to ask for [things that were in the ticket|logs we had attached]; the second level is very good.",
            "@oss There is no one to call. [That is fair for what it costs, but be aware of it.|For us a paid support option would be worth money.]",
        ],
        [
            "@paid Support is the weak point: [eleven|nine|sixteen] days for an answer, and the answer was a link to the page that [caused the question|I had quoted].",
            "@paid We have had a priority-two ticket open since [spring|before the summer|the last release]. Every [two weeks|fortnight] someone new asks for the same logs.",
            "@paid Our account manager changed [three|four] times in {duration}, and each one [started from zero|had never seen our contract].",
            "@oss Issues sit unanswered for months. We [carry our own patches|ended up maintaining a fork], which is exactly what we wanted to avoid.",
        ],
    ),
    flaw(
        "support",
        "patchy documentation",
        [
            "Documentation is fine for the basics and thin for anything [unusual|beyond one node|beyond the happy path].",
            "Some pages still describe [the version before last|menus that no longer exist]. Search engines love those pages.",
            "More [worked examples|real-life examples] in the docs, please; the reference alone doesn't tell you what to do first.",
        ],
        [
            "The documentation contradicts itself. We lost [a week|four days] on a setting that [was renamed two versions ago|the manual calls optional and isn't].",
            "Most of what we know we learned from [forum posts|trial and error|reading log files]. The manual [stops where the problems begin|describes a product I would like to own].",
        ],
    ),
    flaw(
        "value",
        "costs that creep up",
        [
            "@paid It is not cheap, and [the useful parts are in the higher tier|single sign-on costs extra].",
            "@paid Pricing by [seat|volume] makes us think twice before [adding occasional users|sending more data].",
            "@oss Free to use, but budget for the people who run it: about [half a post|one day a week] in our case.",
            "@paid@buyer I'd like a price list I can read without a sales call.",
        ],
        [
            "@paid@buyer The renewal was [28 %|34 %|22 %|41 %] higher than the year before, with [three weeks' notice|no new feature we use|a take-it-or-leave-it letter].",
            "@paid The price doubled in [two|three] years through tiers, add-ons and a new [metric|unit of counting] that nobody here can calculate.",
            "@paid What was included when we signed now sits in [an add-on|the premium tier]. [We found out from an invoice.|That left a bad taste.]",
            "@oss The software is free and the operation is not: [two|three] engineers spend [a third|half] of their time keeping it alive.",
        ],
    ),
    flaw(
        "stability",
        "rough upgrades",
        [
            "@self Upgrades need [care|a free afternoon]; read the notes twice and test [the plug-ins|your extensions] first.",
            "@saas Changes sometimes arrive [on a Monday morning|before the announcement does].",
            "I'd trade [half of the new features|two new features] for one release that only fixes bugs.",
        ],
        [
            "@self The last upgrade took us down for [nine hours|most of a day|six hours]. The rollback procedure in the manual [did not work|skips the step that matters].",
            "@self Every major version breaks [our extensions|the configuration format|something we rely on], so we are now [three versions behind|stuck on an old one].",
            "@saas The interface was rearranged [twice in one year|over a weekend] without notice, and our [training material|guides|macros] were worthless on Monday.",
            "@saas [Four|Five|Three] outages in [a quarter|two months], each with a status page that stayed green [for the first hour|until we called].",
        ],
    ),
    flaw(
        "features",
        "reporting that stops short",
        [
            "Reporting is [adequate|all right], but for anything [management asks|cross-cutting] we export to a spreadsheet.",
            "I'd like to [schedule reports|save a filter and share it|compare two periods] without building it myself.",
        ],
        [
            "Reports are [rigid|useless for us]: fixed columns, [no way to combine two sources|a cut-off at 10,000 rows], and totals that don't match the screen.",
            "For a question as simple as 'how many last month' we need [an export and a pivot table|a script|a ticket to the vendor's consultant].",
        ],
    ),
    flaw(
        "speed",
        "sluggish at peak times",
        [
            "It can get sluggish [on Monday mornings|at month end|with very long lists].",
            "The [start page|overview] takes [four|five] seconds to load, which adds up over a day.",
        ],
        [
            "It is slow. [Twenty|Fifteen] seconds to [open a record|load a list] is normal at [nine in the morning|peak times], and the answer to our ticket was [to use it later|that this is expected].",
            "Since we grew beyond {people} people everything crawls. [Adding hardware changed nothing.|Sizing advice was 'more of everything'.]",
        ],
    ),
    flaw(
        "features",
        "an incomplete API",
        [
            "@staff The API lags behind the product; [bulk changes|two of our reports|deleting things] still need clicking.",
            "@staff Rate limits of the API are [tight|not documented], so our nightly sync [has to tiptoe|runs in small steps].",
        ],
        [
            "@staff The API covers [maybe half|a fraction] of the product, is [versioned by surprise|undocumented in places], and [drops requests under load|returns 200 for errors].",
        ],
    ),
    flaw(
        "setup",
        "a long set-up",
        [
            "@staff Set-up took longer than promised: [seven weeks instead of four|three months instead of one]. [Nothing terrible, just plan for it.|Most of that was our own data.]",
            "@staff Migrating our old data needed [more hand work|more scripting] than the sales deck suggested.",
        ],
        [
            "@staff The implementation ran [five|four|seven] months over. [The consultants learned the product on our budget.|Every gap we found turned into a change request.]",
            "@staff Migration lost [attachments|time stamps|part of the history], and we noticed [after the old system was gone|weeks later].",
        ],
    ),
    flaw(
        "features",
        "too many half-finished features",
        [
            "Some newer features feel [half-finished|like a first draft]; we stick to the core, which is good.",
            "[One or two|A few] corners look like they were built by another team, in another year.",
        ],
        [
            "Too much is announced and too little is finished. We bought it for [two|three] features that [are still marked preview|work only in the demo].",
            "Bugs we reported [a year ago|before Christmas] are still there, while [a chat assistant|a new logo|yet another home page] shipped on time.",
        ],
    ),
)

APPLICATION_FLAWS = (
    flaw(
        "ease_of_use",
        "a cluttered interface",
        [
            "@user The interface shows [everything at once|too much by default]; let me hide what I don't use.",
            "@user Too many clicks for the [one thing|two things] I do [fifty times a day|all day].",
            "The dark theme is [unreadable in places|clearly nobody's priority].",
        ],
        [
            "@user The interface fights you: [five|six|seven] clicks for a daily task, pop-ups over pop-ups, and the back button [loses what you typed|logs you out].",
            "@user Sessions expire [after fifteen minutes|while you type] and take the half-written [entry|form] with them. I now write in a text editor first.",
            "Screen readers [can't get past the menu|read out column numbers], so [two colleagues|one of our colleagues] can't use it at all.",
        ],
    ),
    flaw(
        "features",
        "coarse permissions",
        [
            "@admin Roles are a bit coarse: [read-only for one folder|one extra right for a team lead] isn't possible.",
            "@admin Group sync with our directory works, but [nested groups|renamed groups] need attention.",
        ],
        [
            "@admin Permissions are all or nothing. Half of {team} are administrators because [the role in between doesn't exist|otherwise they can't run a report].",
            "@admin Deprovisioning is unreliable; at the last review we found [fourteen|nine|twenty-three] accounts of people who had left.",
        ],
    ),
    flaw(
        "features",
        "noisy notifications",
        [
            "Notifications are [all or nothing|chatty until you tune them]; a daily digest would be welcome.",
            "@user I get an e-mail for everything I do myself. [A filter fixed it.|Why?]",
        ],
        [
            "It sends [forty|sixty] e-mails a day per person and the settings to stop that [don't stick|are per project]. Everybody filters them away, including the important ones.",
        ],
    ),
    flaw(
        "ease_of_use",
        "a weak mobile app",
        [
            "@user The mobile app does [a third|half] of what the web version does.",
            "The phone version is fine for reading and [not for working|poor for typing].",
        ],
        [
            "@user The mobile app signs me out [daily|every other day] and shows [yesterday's data|a spinner] until I reinstall it.",
        ],
    ),
)

# A first sentence of what is good; it says where the rest comes from.
CONTEXTS = (
    "We have used {product} for {duration} at {org}.",
    "{duration_cap} with {product} at {org}, so this is no first impression.",
    "@admin I run {product} for {people} people at {org}.",
    "@admin I am the one who keeps {product} going for {org}, about {people} people.",
    "@user I use {product} [every day|daily] at {org}.",
    "@user I am an ordinary user in {team}, no administrator, and have been for {duration}.",
    "@buyer I signed the contract for {product} on behalf of {org}.",
    "@buyer We chose {product} for {team} after [a short list of three|a pilot with two others|an open tender], {duration} ago.",
    "We brought in {product} for {team} {duration} ago.",
    "@paid@staff Second time I introduce {product}; the first was at [a smaller company|another employer].",
    "@oss We run {product} ourselves, for {team}, and have done so for {duration}.",
)

# A last sentence of what is good, from somebody content.
CLOSINGS = (
    "[Would choose it again.|I would choose it again.|We would decide the same way today.]",
    "[No regrets so far.|No regrets after {duration}.]",
    "{team_cap} would [protest|riot] if we took it away.",
    "[It does what we bought it for.|It does what it says.]",
    "I have recommended it to [two former colleagues|a sister company|a friend in the same role].",
    "@buyer We [extended|renewed] [without much discussion|for another year, gladly].",
)

NOTHING_MUCH = (
    "Nothing serious.",
    "Honestly not much.",
    "Nothing that would make us leave.",
    "I had to think about this one.",
    "Only small things.",
    "Very little.",
    "Nothing big comes to mind.",
    "Small stuff.",
    "We are nitpicking here.",
)

FAINT = (
    "The idea behind it is right.",
    "The sales engineer was [pleasant and honest|well prepared], I'll give them that.",
    "[It looks modern.|The interface looks nice in a demo.|It demos well.]",
    "Installation itself was [quick|easy enough].",
    "The documentation is [decent|readable], at least for the basics.",
    "For [a very small team|simple cases] it may be enough.",
    "When it works, it is [fine|all right|perfectly usable].",
    "@paid Support staff are [friendly|polite], even when they can't help.",
    "@oss It is open source, so leaving costs nothing but time.",
    "The basics work.",
    "@saas There is nothing to install, which {team} [liked|appreciated].",
    "[Exporting our data|Getting our data out again] was easy. We know because we did it.",
    "The people we met at [a user group|a conference] were helpful and admitted most of this.",
    "I believe it could be good [in two years|one day].",
    "The free trial let us find out [quickly|before it got expensive].",
    "It is [cheaper|simpler] than [some of the others|what we had], and you notice.",
    "One or two functions are [well made|really useful].",
    "The training videos are [clear|short and good].",
)

VERDICTS = (
    "[We are not renewing.|We won't renew.]",
    "We are [looking at alternatives|moving off it|migrating away] [now|this quarter|over the next six months].",
    "After {duration} we [gave up|stopped].",
    "[I can't recommend it in this state.|Hard to recommend as it is.]",
    "We [expected more|were promised more] and said so, more than once.",
    "If it were my decision alone, it would be gone.",
    "[Try it with your own data before you sign.|Run a real pilot first; we didn't.]",
    "We only keep it because [the contract runs until next year|the migration isn't funded yet].",
)

HEADLINES = {
    "great": (
        "{S}",
        "{S} and {s2}",
        "{S}, and it stays out of the way",
        "{duration_cap} in, and still happy with it",
        "The {noun} that {team} asked for",
        "Would choose it again for {the_s}",
        "Does the job, and does it well",
        "{S}, {s2}, little to complain about",
        "Worth it for {the_s} alone",
        "Quietly became part of how we work",
        "Finally {a_noun} people here like",
        "Best decision {team} made in a while",
        "[Exactly|Just] what {team} needed",
        "No regrets after {duration}",
        "Sold on {the_s}",
    ),
    "good": (
        "{S}, with small gaps",
        "{S}, though not without {f}",
        "Good {noun}, mind {f}",
        "{S}; the catch is {f}",
        "Solid {noun} with {s}",
        "{S} and {s2}",
        "A good fit for {team}",
        "Strong on the whole, apart from {f}",
        "{S}, but watch out for {f}",
        "Reliable, with room to improve",
        "Happy with it after {duration}",
        "Good choice if you can live with {f}",
        "Does most of what {team} needs",
    ),
    "mixed": (
        "{S}, but {f}",
        "Mixed feelings: {s}, yet {f}",
        "{S} let down by {f}",
        "Decent {noun}, held back by {f}",
        "Fine until you meet {f}",
        "Usable, with {f} and {f2}",
        "Does the basics, then {f}",
        "Half of it is good",
        "Okay for {team}, not for everyone",
        "Average after {duration}",
        "Good idea, {f}",
    ),
    "poor": (
        "{F} and {f2}",
        "Gave up over {f}",
        "Hard to recommend: {f}",
        "{F}, and no plan to fix it",
        "Not the {noun} we were promised",
        "Expected far more after {duration}",
        "{F}. We are leaving",
        "Looked good in the demo",
        "{team_cap} works around it by now",
        "{F}, too little else",
        "We would not buy it again",
        "{F} cost us weeks",
    ),
}
