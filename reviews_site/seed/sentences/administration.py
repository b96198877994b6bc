"""People, money, content, cases: the administrative side of an organisation."""

from reviews_site.seed.sentences.parts import Topic, flaw, strength

PEOPLE = Topic(
    key="people",
    noun="HR system",
    strengths=(
        strength(
            "ease_of_use",
            "self-service that staff understand",
            "@hr Holiday, sick notes and address changes are done by people themselves; calls to HR fell by [half|60 %].",
            "@hr@user I booked a course and my leave on the phone in [two minutes|the queue at lunch].",
        ),
        strength(
            "features",
            "courses people finish",
            "@learning Completion of mandatory training rose from [71 to 97|64 to 95] per cent, with reminders to the manager rather than to HR.",
            "@learning Building a course with video and quiz takes [a morning|half a day]; [nurses|technicians|lecturers] make their own now.",
            "@learning Certificates with expiry dates keep [welders|drivers|clinicians] legal, and we see gaps [ninety|sixty] days ahead.",
        ),
        strength(
            "features",
            "hiring with fewer mails",
            "@hr From advert to signed contract went from [61 to 38|70 to 45] days, mainly because managers answer in the tool.",
            "@hr Applicants get an answer within [three|four] days, all of them, which our reviews as an employer show.",
        ),
        strength(
            "features",
            "rotas that respect the rules",
            "@hr The rota checks rest times and qualifications; disputes with the [works council|union] are rare now.",
            "@hr Swapping shifts in the app with automatic approval is the feature [ward staff|drivers] mention first.",
        ),
        strength(
            "stability",
            "payroll that is right",
            "@hr [Thirty|Twenty-six] payroll runs, [two|three] corrections, both our own typing.",
            "@hr Changes in law arrive before they apply, with a page that says what changes for whom.",
        ),
        strength(
            "features",
            "figures for management in one click",
            "@hr Head count, turnover and sickness by [site|department] are there on the first of the month.",
            "Exports for [the statistics office|auditors] match their template.",
        ),
    ),
    flaws=(
        flaw(
            "ease_of_use",
            "reviews and goals nobody likes",
            [
                "@hr The appraisal module is form-heavy.",
                "@learning Course search shows [retired|duplicate] courses.",
            ],
            [
                "@hr Managers need [eleven|fourteen] clicks to approve a day off, so approvals wait for [weeks|the assistant].",
                "@learning The learning player loses progress at [90 %|the last slide]. Staff repeat fire safety [twice|three times] and tell me about it.",
            ],
        ),
        flaw(
            "features",
            "rigid handling of local rules",
            [
                "@hr Local rules ([part-time|public holidays by region]) need workarounds.",
                "@hr Organisation changes must be entered in the right order.",
            ],
            [
                "@hr It knows one kind of contract. We have [seven|nine], so [every third|every fourth] payslip is corrected by hand.",
                "@hr A reorganisation of [two|three] departments took [five weeks|a month] of data entry, and history shows people in teams that never existed.",
            ],
        ),
        flaw(
            "value",
            "modules per employee and month",
            [
                "@paid Priced per head including people on leave.",
                "@oss Hosting and plug-ins need an administrator with time.",
            ],
            [
                "@paid We pay per head for [volunteers|seasonal staff] who log in twice a year. No other metric on offer.",
            ],
        ),
        flaw(
            "features",
            "exports without history",
            [
                "Ad-hoc reports on past dates are awkward.",
                "Translations of menus are uneven.",
            ],
            [
                "@hr Reports show today's department for last year's costs. [Finance|Controlling] refuses the numbers, rightly.",
            ],
        ),
    ),
    uses=(
        "@hr Personnel files, leave and [rotas|time sheets] for about {people} people.",
        "@learning Mandatory and voluntary training for [hospital staff|all sites|students].",
        "@hr Hiring: [300|120|80] posts a year, from advert to contract.",
        "@learning Courses and exams for [4,000|12,000] learners.",
    ),
    results=(
        "@hr HR spends [two|1.5] days a week less on typing.",
        "@learning Audit of mandatory training: [no|one] finding, after [nine|seven] the year before.",
        "@hr Time to hire is down by [three weeks|a third].",
    ),
    faint=(
        "@hr Leave requests work.",
        "@hr The staff directory with photographs is liked.",
    ),
)

FINANCE = Topic(
    key="finance",
    noun="finance system",
    strengths=(
        strength(
            "speed",
            "a faster close",
            "Month-end close went from [nine to four|eight to three|eleven to six] working days, with the same people.",
            "Reconciliation matches [93|96] % by itself; we look at the rest.",
        ),
        strength(
            "features",
            "invoices without paper",
            "Invoices are read, coded and routed; [80|76] % need no typing, and [discounts|due dates] aren't missed any more.",
            "Three-way matching stops wrong invoices before payment; [eleven|seven] thousand saved in the first [quarter|half-year].",
        ),
        strength(
            "features",
            "an audit trail that satisfies",
            "Auditors got read access and asked [a third|half] of the questions they used to.",
            "Every booking leads back to its document in one click.",
        ),
        strength(
            "features",
            "several companies, one view",
            "Consolidation of [six|nine|fourteen] companies with eliminations takes [an hour|a morning].",
            "Multiple currencies and [local charts|tax rules] are handled properly, including [year-end revaluation|corrections].",
        ),
        strength(
            "ease_of_use",
            "expense claims on the phone",
            "@user I photograph a receipt and forget about it. Money is back in [four|five] days.",
            "Policy is checked when booking a trip, which ended [most|nearly all] arguments afterwards.",
            "Contracts are signed in [a day|four hours] instead of [nine|eight] days, with proof of who and when.",
        ),
        strength(
            "features",
            "budgets that owners look at",
            "Budget owners see commitments, not just bookings; overspending fell to [two|three] cost centres.",
            "@grants Grants are tracked by [funder and purpose|milestone], so reporting to funders is [an export|a day], not a season.",
        ),
    ),
    flaws=(
        flaw(
            "ease_of_use",
            "screens from another decade",
            [
                "It looks like 2009 and works like a tractor. Fine by me, less so for newcomers.",
                "Error texts are written for accountants of another planet.",
            ],
            [
                "@user Booking a simple correction takes [four|five] screens, and the error says 'inconsistent parameters'.",
                "Occasional users can't code an invoice without calling us. We type them in ourselves again.",
            ],
        ),
        flaw(
            "features",
            "reports that need a specialist",
            [
                "The report writer is powerful and unfriendly.",
                "Drill-down ends at [journal|period] level in some reports.",
            ],
            [
                "Our board report needs [three|four] exports and [a macro|a colleague's spreadsheet]. [Two|Three] years after go-live.",
            ],
        ),
        flaw(
            "setup",
            "a long implementation",
            [
                "Master data clean-up takes longer than the installation. Start early.",
                "Take the standard; each deviation costs twice.",
            ],
            [
                "Go-live was [eleven|nine] months late and [60|45] % over budget. Half of 'standard' turned out to be [scripting|customising].",
            ],
        ),
        flaw(
            "stability",
            "bank links that drop",
            [
                "Bank connections need re-approval every [ninety|180] days.",
                "Bulk imports should show all errors at once, not one by one.",
            ],
            [
                "The bank link drops [weekly|every other week], silently. In [March|June] we paid [suppliers|salaries] a day late.",
                "Rounding differs between invoice and ledger. One cent each, [4,000|2,500] times a month.",
            ],
        ),
        flaw(
            "value",
            "interfaces as paid extras",
            [
                "@paid The interface to our bank was extra, as was the test system.",
                "@oss Local tax forms are community work; check yours.",
            ],
            [
                "@paid Read-only access for auditors is a full licence. So is the test system.",
            ],
        ),
    ),
    uses=(
        "Ledger, payables and receivables for [six|nine|three] companies.",
        "Invoices: [4,000|12,000|1,500] a month, read, approved and paid.",
        "Travel and expenses for about {people} people.",
        "@grants Grants and budgets, from application to final report.",
        "Signing contracts with [customers|suppliers|tenants].",
    ),
    results=(
        "Early-payment discounts brought [46,000|38,000|71,000] in the first year.",
        "Close is [five|four] days shorter, forecasts are monthly instead of quarterly.",
        "No paper invoices since [January|the summer].",
        "Days sales outstanding went from [52 to 41|48 to 40].",
    ),
    faint=(
        "Standard bookings are right.",
        "The colour of money is handled, the rest less so.",
    ),
)

CONTENT = Topic(
    key="content",
    noun="content platform",
    strengths=(
        strength(
            "ease_of_use",
            "editors who need no help",
            "[Forty|Sixty|Twenty-five] editors publish on their own after [two hours|a morning] of training.",
            "The preview shows the real page, [on the phone too|in each language], and scheduling does what it says.",
        ),
        strength(
            "features",
            "one text for several places",
            "One text feeds web, app and [displays in branches|kiosks]; we change it once.",
            "Content is separated from layout, so the redesign took [three|four] weeks and touched no text.",
        ),
        strength(
            "features",
            "accessible output",
            "Output passes the accessibility audit with [two|three] small remarks, and the editor nags about missing descriptions.",
            "Headings, tables and captions come out properly tagged, also in PDF.",
        ),
        strength(
            "features",
            "translations under control",
            "[Four|Six|Three] languages with workflow; outdated translations show up [in red|on a list].",
            "Terminology and memory saved about [40|30] % of translation costs.",
        ),
        strength(
            "speed",
            "quick pages",
            "Pages are delivered in [90|120] ms, and the site survived [a TV mention|election night|enrolment day].",
            "Caching is sensible out of the box; our hosting bill halved.",
        ),
        strength(
            "features",
            "forms and surveys done in an hour",
            "Forms with conditions and uploads take [an hour|forty minutes], and the data lands where it belongs.",
            "Response rates rose from [12 to 21|15 to 24] per cent with shorter, better looking surveys.",
        ),
        strength(
            "features",
            "shared components for design",
            "Shared components keep [nine|five] product teams consistent, with changes visible to all.",
            "Developers read sizes and tokens directly; the hand-over meeting is gone.",
        ),
    ),
    flaws=(
        flaw(
            "ease_of_use",
            "an editor that knows better",
            [
                "Pasting from Word brings surprises.",
                "Media library search could use folders or tags, either.",
            ],
            [
                "The editor rewrites what I type: [spaces|tables|links] change when saving. Fixing means editing HTML, which we wanted to leave behind.",
                "Losing the lock on a page loses the text. There's an autosave; it saved the [empty|old] version.",
            ],
        ),
        flaw(
            "stability",
            "updates that break extensions",
            [
                "Choose extensions with care, they decide your update effort.",
                "Major versions need a project.",
            ],
            [
                "A security update broke [the gallery|search|our forms] on the live site. [Two|Three] extensions are abandoned, with no successor.",
            ],
        ),
        flaw(
            "features",
            "rights that stop at folders",
            [
                "Rights by [folder|site] only; by field would be better.",
                "Approval with deputies needs an extension.",
            ],
            [
                "An external editor could publish to the wrong [site|language] because rights stop at folder level. [Press|Legal] noticed first.",
            ],
        ),
        flaw(
            "speed",
            "a slow back end",
            [
                "The back end is slower than the site.",
                "Large images should be reduced on upload.",
            ],
            [
                "Saving a page takes [twelve|nine] seconds, publishing [three|four] minutes. On a news desk that's a joke.",
            ],
        ),
    ),
    uses=(
        "Public web site in [four|three|six] languages, [3,000|900|12,000] pages.",
        "Intranet for about {people} people.",
        "Forms and surveys for [citizens|students|customers].",
        "Design files and components for [nine|four] teams.",
    ),
    results=(
        "A page goes online in [an hour|half an hour] instead of [three days|a week].",
        "Accessibility complaints: [none|one] since the relaunch.",
        "We shut down [eleven|seven] old sites.",
    ),
    faint=(
        "The standard theme is neat.",
        "Writing a simple page works.",
    ),
)

CASES = Topic(
    key="cases",
    noun="case system",
    strengths=(
        strength(
            "features",
            "the whole case on one screen",
            "@law Documents, deadlines and contacts of a case on one screen; preparing a hearing takes [an hour|ninety minutes] less.",
            "@law Deadlines are computed from the rules and [none|not one] has been missed since.",
        ),
        strength(
            "features",
            "chain of custody without gaps",
            "@law Who saw or changed which item is recorded without gaps and stood up in [court|an inquiry].",
            "@law Redaction and disclosure are in the same tool, with a log; requests take [two days|a day] instead of [two weeks|nine days].",
        ),
        strength(
            "features",
            "retention rules that run by themselves",
            "@law Retention and deletion run by file plan; the archive took our first transfer [without a question|unchanged].",
            "@law Legal holds are set in a minute and reported back by custodians.",
        ),
        strength(
            "ease_of_use",
            "usability in the field",
            "@user Works on a tablet in a [basement|van|barn] without signal and syncs later. That was our knock-out criterion.",
            "Forms follow the conversation, so [inspectors|nurses|caseworkers] look at people instead of the screen.",
        ),
        strength(
            "features",
            "research across years of files",
            "Full-text search over [twenty|fifteen] years of files, scans included, takes seconds.",
            "@law Similar cases are suggested well enough that [juniors|new colleagues] find precedents.",
        ),
        strength(
            "features",
            "exchange with other bodies",
            "Exchange with [courts|insurers|laboratories] is electronic at last; [300|180] letters a week fewer.",
            "Standards ([FHIR|the national schema]) are implemented, not just mentioned.",
        ),
        strength(
            "features",
            "the patient's history in one place",
            "@health Medication, findings and letters are in one view; [handovers|ward rounds] are shorter and calmer.",
            "@health Warnings about interactions are rare and relevant, so [doctors|pharmacists] still read them.",
            "@health Appointments, reminders and [forms|consents] run by themselves; no-shows fell by [a third|a quarter].",
        ),
    ),
    flaws=(
        flaw(
            "ease_of_use",
            "data entry that takes over",
            [
                "Too many mandatory fields in the first step.",
                "Printing is designed for [US letter|another paper size].",
            ],
            [
                "@user I type the same name [four|five] times per case. Data entry takes [a third|40 %] of an appointment.",
                "A misplaced document can't be moved, only [deleted by an administrator|re-scanned]. We have [sixty|forty] on the waiting list.",
            ],
        ),
        flaw(
            "setup",
            "migration of old files",
            [
                "Migration of old files needs [a season|patience] and decisions.",
                "Adapting templates is a job for [the vendor|specialists].",
            ],
            [
                "Old files came over without [dates|links between parties]. We keep the old system running, read-only, at full price.",
            ],
        ),
        flaw(
            "features",
            "reports for the regulator by hand",
            [
                "@law Statutory reports follow changes in law with delay.",
                "Statistics by [district|ward] need an export.",
            ],
            [
                "@law The statutory report has been wrong for [two|three] years in a row; we correct [400|250] lines by hand.",
            ],
        ),
        flaw(
            "stability",
            "outages in office hours",
            [
                "Maintenance at [noon|four in the afternoon] suits nobody here.",
                "Scanning stations need a restart [weekly|now and then].",
            ],
            [
                "Down [five|four] times in [three months|a quarter] during office hours. With people in the waiting room, paper is our fallback.",
            ],
        ),
        flaw(
            "ease_of_use",
            "alerts that everyone clicks away",
            [
                "@health Too many alerts of low value; tuning them needs the vendor.",
                "@health Templates for letters are stiff.",
            ],
            [
                "@health [Sixty|Eighty] alerts a shift. Everybody clicks them away, and that is how [a real one|an allergy] was missed in our test.",
                "@health Documentation takes [ten|twelve] minutes longer per patient than on the old system. On a ward that is a post.",
            ],
        ),
    ),
    uses=(
        "About [9,000|4,000|22,000] cases a year, from intake to archive.",
        "Inspections in the field, [offline|on tablets], with photographs and forms.",
        "@law Records management and [disclosure|freedom-of-information] requests.",
        "@health Patient documentation in [six|eleven] [clinics|wards].",
    ),
    results=(
        "A case takes [19 days instead of 31|24 days instead of 40], mostly less waiting.",
        "Paper files went from [four|three] rooms to [half a|one] shelf.",
        "@law Complaints about missed deadlines: none this year.",
    ),
    faint=(
        "Files don't get lost any more.",
        "Scanning a single letter works.",
    ),
)

BUSINESS = Topic(
    key="business",
    noun="product",
    strengths=(
        strength(
            "features",
            "coverage of the whole process",
            "It covers our process from [request to archive|order to invoice], and we retired [four|three] spreadsheets nobody admitted to.",
            "The core functions are [mature|well thought through]; you notice that people from the trade helped.",
        ),
        strength(
            "ease_of_use",
            "little training needed",
            "[Two|Three] hours of training were enough for [everyone|new colleagues].",
            "Templates for the usual cases meant a working set-up on [day one|the second day].",
        ),
        strength(
            "features",
            "reports the management reads",
            "The monthly overview goes to management unchanged, and they [read it|ask about it].",
            "Filters and exports are flexible enough that I [stopped asking|no longer ask] for special reports.",
        ),
        strength(
            "features",
            "automation of routine steps",
            "Rules take over the [routine third|boring half] of our work: reminders, [assignments|hand-overs], deadlines.",
            "We automated [fourteen|nine] steps without writing code.",
        ),
    ),
    flaws=(
        flaw(
            "features",
            "limited room for special cases",
            [
                "Special cases need workarounds; the standard is good.",
                "Custom fields don't show up in [all reports|search].",
            ],
            [
                "As soon as a case differs from the textbook you leave the system. That's [a third|40 %] of ours.",
            ],
        ),
        flaw(
            "ease_of_use",
            "inconsistent screens",
            [
                "Screens differ in style from module to module.",
                "Saving isn't always where you look for it.",
            ],
            [
                "Each module behaves differently: here it saves by itself, there it [drops|discards] your entries without asking.",
            ],
        ),
    ),
    uses=(
        "Daily work of {team}, [requests, approvals and reports|planning and follow-up].",
        "Replacing [spreadsheets and mail|a home-grown database] for [one department|about {people} people].",
    ),
    results=(
        "Requests are done in [two days|a day and a half] instead of [a week|eight days].",
        "We can say at any time where something stands.",
        "[One|Two] posts could move to better work.",
    ),
    faint=("For the standard case it works.",),
)

TOPICS = (PEOPLE, FINANCE, CONTENT, CASES, BUSINESS)
