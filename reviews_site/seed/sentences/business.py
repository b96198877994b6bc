"""Working together, talking, selling, serving: software for people at desks and telephones."""

from reviews_site.seed.sentences.parts import Topic, flaw, strength

COLLABORATION = Topic(
    key="collaboration",
    noun="collaboration tool",
    strengths=(
        strength(
            "ease_of_use",
            "one shared view of the work",
            "Status meetings went from [an hour|45 minutes] to [ten minutes|a quarter of an hour], because the board already says it.",
            "Several people edit the same document at once and nothing gets lost, not even with [forty|thirty] of us in a workshop.",
            "@user I see at nine what I have to do and for whom. Small thing, large effect.",
        ),
        strength(
            "features",
            "search over everything we know",
            "Search finds pages, comments and attachments, and ranks [recent and ours|the right ones] first.",
            "Decisions are findable again. 'Who decided that and why?' takes [a minute|thirty seconds].",
        ),
        strength(
            "ease_of_use",
            "acceptance among people who hate tools",
            "Even [our site managers|the legal department|the professors] use it, and they refused the [last three|two before it].",
            "Templates for [minutes and projects|cases and checklists] meant nobody started from an empty page.",
        ),
        strength(
            "features",
            "guests without headaches",
            "External partners see exactly one space. We work with [forty|sixty|twenty-five] firms that way, with no complaint from security.",
            "Guests need no licence for commenting, which made [our agency|suppliers] join at last.",
        ),
        strength(
            "features",
            "light workflows without code",
            "Simple approvals ([holiday, purchase, text|contract, invoice]) were built by the departments themselves, [nineteen|thirty] of them by now.",
            "Recurring tasks and reminders run without anyone [thinking of them|playing secretary].",
        ),
        strength(
            "features",
            "plans that survive contact with reality",
            "Move one milestone and everything after it moves, with a note to those affected.",
            "Workload per person is visible, so we say no [in time|before promising].",
        ),
        strength(
            "stability",
            "versions of everything",
            "Version history saved us when [an intern|someone] overwrote [a contract|the budget]: two clicks.",
            "Comments and changes stay attached to the version they were about; that ended [mail ping-pong|'final_v7'].",
        ),
    ),
    flaws=(
        flaw(
            "ease_of_use",
            "clutter after a while",
            [
                "Without a gardener it fills up with [dead spaces|abandoned boards].",
                "Archiving should be as easy as creating.",
            ],
            [
                "After {duration} we have [1,400|900] spaces, nobody owns [half|most] of them, and search returns all of it.",
                "Everything is possible, so every team does it differently. Moving between teams is like changing employers.",
            ],
        ),
        flaw(
            "speed",
            "slow with large boards",
            [
                "Large boards ([five hundred|800] cards and up) scroll like treacle.",
                "Offline editing is limited; trains remain a problem.",
            ],
            [
                "Pages take [eight|nine] seconds to open, and with [twelve|ten] people in one document the cursor lags behind typing.",
                "It lost an hour of my edits, twice, with a cheerful 'saved' in the corner.",
            ],
        ),
        flaw(
            "features",
            "tables that want to be a spreadsheet",
            [
                "Tables are fine up to [a few hundred|two hundred] rows.",
                "I miss [proper footnotes|cross-project reports|a Gantt chart worth printing].",
            ],
            [
                "Reporting across projects is missing, so [the PMO|a colleague] copies figures into slides [every Friday|each week]. That's what we bought it for.",
            ],
        ),
        flaw(
            "features",
            "permissions that surprise",
            [
                "Inheritance of permissions takes thinking; check with a test account.",
                "Sharing links default to wider than we like.",
            ],
            [
                "A page in a private space was visible to [all guests|every partner firm] because of an inherited setting. [Legal|Our works council] was not amused.",
            ],
        ),
        flaw(
            "value",
            "automation limits in the cheaper plans",
            [
                "@paid Automation quotas in the middle plan are [tight|soon used up].",
                "@oss Updating our own instance needs someone who likes it.",
            ],
            [
                "@paid Guests suddenly count as full users. That's [11,000|8,500] more a year for people who comment twice a month.",
            ],
        ),
    ),
    uses=(
        "Project work with [about {people} people|forty partner firms], from planning to minutes.",
        "Knowledge base and team spaces for [all departments|{team}].",
        "Tracking [construction|research|client] projects and their approvals.",
        "Documents with several authors, [contracts and policies|proposals and reports] mostly.",
    ),
    results=(
        "Internal mail fell by [a third|40 %].",
        "Project status is known on [Monday morning|any day], without collecting it.",
        "Onboarding is [a week|four days] shorter, people read instead of asking.",
        "We cancelled [two|three] other tools.",
    ),
    faint=(
        "Creating a page is easy.",
        "Emoji reactions work flawlessly.",
        "For a team of five it would be fine.",
    ),
)

COMMUNICATION = Topic(
    key="communication",
    noun="communication tool",
    strengths=(
        strength(
            "stability",
            "clear calls on bad lines",
            "Voice stays clear on [hotel Wi-Fi|a mobile line|rural connections], where [the old system|others] gave up.",
            "@meet A town hall with {people} people ran without a hitch, [captions included|questions included].",
        ),
        strength(
            "features",
            "call routing we change ourselves",
            "@calls Supervisors change routing and announcements themselves; before it was [a ticket and four days|a technician's visit].",
            "@calls Skills-based routing cut transfers by [a third|40 %] in [two|three] months.",
            "@calls Peak days are handled by call-back offers; abandoned calls dropped from [14 to 5|11 to 4] per cent.",
        ),
        strength(
            "features",
            "every channel in one window",
            "@calls Phone, mail and chat arrive in one window with the history. [Agents|Colleagues] stopped asking customers to repeat themselves.",
            "@calls Text messages and calls hang on the same case, which [our auditors|complaint handlers] like too.",
        ),
        strength(
            "ease_of_use",
            "joining with one link",
            "@meet Guests join with one link, no client, no account. [Judges|Patients|Suppliers] manage it.",
            "@meet@user Starting a call from a chat is one key. I stopped writing long mails.",
        ),
        strength(
            "features",
            "recordings and transcripts",
            "Transcripts are [90|95] % right and searchable, so [minutes|training] take half the time.",
            "Recording rules by queue and consent keep [data protection|our works council] happy.",
        ),
        strength(
            "features",
            "mass notices that reach people",
            "An emergency notice reached [98|96] % of staff in [four|three] minutes in our drill, by three channels.",
            "Delivery and read status per [site|district] show where to phone.",
        ),
    ),
    flaws=(
        flaw(
            "stability",
            "one-way audio",
            [
                "Headset detection is moody; unplug, replug.",
                "Noise reduction sometimes removes [quiet speakers|a soft voice].",
            ],
            [
                "One-way audio in [one of thirty calls|every fortieth call]. After [seven|five] months of traces both sides still blame the network.",
                "@calls Dropped calls at shift change, every day at [two|six]. Customers call back angry, and the statistics count it as success.",
            ],
        ),
        flaw(
            "ease_of_use",
            "too many places to look",
            [
                "@meet Channels, chats, threads: choose house rules early.",
                "Status 'away' after five minutes annoys people who read.",
            ],
            [
                "@meet Chats, channels, threads and calls each have their own search. What somebody told me last week is [gone|lost] for practical purposes.",
            ],
        ),
        flaw(
            "features",
            "reports you can't trust",
            [
                "@calls Queue reports need an explanation of what counts as answered.",
                "@calls Real-time views are good, history is [thin|limited to ninety days].",
            ],
            [
                "@calls Service level in the live view and in the report differ by [six|eight] points. We pay a partner by that number.",
            ],
        ),
        flaw(
            "value",
            "minutes, numbers, bundles",
            [
                "@paid The bill has [forty|sixty] lines; plan an hour a month.",
                "@oss Hosting it needs good bandwidth and someone for upgrades.",
            ],
            [
                "@paid Bundled minutes exclude [mobile|neighbouring countries], which is what we call. The overage was [3,800|2,600] in the first month.",
            ],
        ),
        flaw(
            "features",
            "poor moderation of large meetings",
            [
                "@meet Moderating large meetings takes two people.",
                "@meet Breakout rooms forget their assignment when someone reconnects.",
            ],
            [
                "@meet In large meetings anyone could [unmute themselves|share a screen] after an update reset our defaults. In a public hearing.",
            ],
        ),
    ),
    uses=(
        "@calls Service line with [90|140|45] agents, phone, mail and chat.",
        "@meet Meetings and telephony for about {people} people at [eleven|six|thirty] sites.",
        "@meet Video appointments with [patients|clients|citizens].",
        "Notices to [staff in emergencies|customers about outages].",
    ),
    results=(
        "@calls Waiting time fell from [four minutes to 70 seconds|three minutes to one].",
        "Travel costs are down by [a fifth|a quarter].",
        "@calls First-contact resolution went from [58 to 71|62 to 74] per cent.",
        "We gave back [two|three] telephone systems and their maintenance.",
    ),
    faint=(
        "@meet Chat works.",
        "The client is quick to install.",
        "@meet Short calls between two people are fine.",
    ),
)

CRM = Topic(
    key="crm",
    noun="CRM",
    strengths=(
        strength(
            "features",
            "a pipeline one can believe",
            "@sales The forecast was within [4|6|5] % for [five|four] quarters. Before, it was [a feeling|a spreadsheet and optimism].",
            "@sales Stages force the right questions, so deals die earlier and [cheaper|without hurting].",
        ),
        strength(
            "ease_of_use",
            "acceptance in the sales team",
            "@sales@user Logging a visit takes [thirty|twenty] seconds on the phone, so I do it in the car park instead of on Friday.",
            "@sales Usage went from [45 to 90|50 to 88] per cent of the team, without a threat.",
        ),
        strength(
            "features",
            "one history per customer",
            "Service, sales and invoices on one page. I walk into a visit knowing about the [complaint of last week|open invoice].",
            "Duplicates are caught at entry; we merged [14,000|9,000|22,000] and they stay merged.",
        ),
        strength(
            "features",
            "campaigns that build on the data",
            "Segments from real [orders|behaviour] doubled our opening rate, from [17 to 34|19 to 36] per cent.",
            "Journeys with waiting times and conditions are drawn, not programmed; [marketing|my team] runs [eleven|sixteen] of them.",
        ),
        strength(
            "features",
            "room for how we sell",
            "Fields, layouts and rules are changed by [two|three] power users; no consultant since [spring|the roll-out].",
            "@sales Quotes with [our discount matrix|product options] come out right; approval is on the phone.",
        ),
        strength(
            "value",
            "orders with less typing",
            "@shop Web orders land in the ERP untouched. That is [two|1.5] posts of typing we use for [calling customers|advice].",
            "@shop Checkout is quick to adapt; a new payment method took [a day|an afternoon] and brought [4|6] % more orders.",
        ),
        strength(
            "features",
            "a shop we can change ourselves",
            "@shop Prices, banners and delivery rules are changed by the shop team, no developer needed [since spring|these days].",
            "@shop Product variants and [tiered prices|bundles] are modelled properly, which sank our previous shop.",
            "@shop It survived [Black Friday|the Christmas peak] at [nine|six|twelve] times the normal load.",
        ),
    ),
    flaws=(
        flaw(
            "ease_of_use",
            "forms as long as your arm",
            [
                "Keep mandatory fields few; the system won't stop you from adding more.",
                "The page layout on small screens takes scrolling.",
            ],
            [
                "@sales@user A visit report has [thirty-one|twenty-six] fields. I fill in dots. So does everybody, and management reads dots.",
                "List views reset [filters|columns] each time you come back from a record.",
            ],
        ),
        flaw(
            "value",
            "consultants for every change",
            [
                "@paid Budget for a partner in the first year, at about [half|70 %] of the licence.",
                "@shop@oss Themes and extensions need checking at each update.",
            ],
            [
                "@paid Every change needs a certified consultant: [1,300|1,100] for a new field with a rule. We stopped changing things.",
                "@paid We pay for [four|three] clouds, studios and hubs to get what the demo showed as one product.",
            ],
        ),
        flaw(
            "features",
            "duplicates that come back",
            [
                "Company names with [umlauts|abbreviations] still slip past the duplicate check.",
                "Address data ages; an enrichment service is extra.",
            ],
            [
                "The mail sync creates a contact for every address it sees. We have [41,000|26,000] contacts, of which [6,000|4,000] are people.",
            ],
        ),
        flaw(
            "speed",
            "slow lists and reports",
            [
                "Lists over [50,000|100,000] records need good filters.",
                "Report types with three joined objects are slow.",
            ],
            [
                "Opening an account takes [nine|seven] seconds because of [related lists|widgets]. Times [forty|sixty] a day, times the team.",
            ],
        ),
        flaw(
            "stability",
            "integrations that lose records",
            [
                "The calendar sync sometimes duplicates recurring meetings.",
                "Limits per day on [imports|API calls] need watching.",
            ],
            [
                "@shop The link to our ERP lost [3 %|every thirtieth] of orders without an error. Customers told us.",
            ],
        ),
        flaw(
            "features",
            "returns as an afterthought",
            [
                "@shop Returns and partial refunds need an extra tool.",
                "@shop The built-in search could be smarter about [plurals|article numbers].",
            ],
            [
                "@shop Stock was wrong after each import; we sold [forty|sixty] articles we didn't have on a Saturday.",
                "@shop Checkout fails for [one in fifty|every fortieth] customer with a foreign card, and the log is empty.",
            ],
        ),
    ),
    uses=(
        "@sales Sales pipeline and visits for [120|60|35] people in [nine|four] countries.",
        "Newsletters and campaigns to [180,000|40,000|95,000] contacts, with consent handled.",
        "@shop Online shop with [12,000|4,000|30,000] articles, linked to the ERP.",
        "Customer data from [shop, service and ERP|five systems] in one view.",
    ),
    results=(
        "@sales Conversion from offer to order rose from [21 to 27|18 to 24] per cent.",
        "@sales Quotes leave the house in [a day|four hours] instead of [four|five] days.",
        "Churn fell by [a fifth|18 %] after we began to call the right customers.",
        "We know for the first time which campaign [sells|pays].",
    ),
    faint=(
        "Contact management is fine.",
        "@sales The mobile card scanner is neat.",
    ),
)

SERVICE = Topic(
    key="service",
    noun="service desk",
    strengths=(
        strength(
            "ease_of_use",
            "productive agents on day one",
            "@desk New agents answer tickets on [day one|their second day]; the screen shows what they need and nothing else.",
            "@desk Macros and keyboard shortcuts save me [an hour|forty minutes] a day.",
        ),
        strength(
            "features",
            "a catalogue people order from",
            "@desk The service catalogue handles [62|70|55] % of requests without anyone touching them.",
            "Forms ask only what matters for that request, and approvals go to [the right manager|cost centre owners] by themselves.",
        ),
        strength(
            "features",
            "self-service that answers",
            "@desk Suggested articles close [a third|28 %|a quarter] of tickets before they are sent.",
            "Customers see status and history, so 'where is my case?' calls are down by [half|60 %].",
        ),
        strength(
            "features",
            "rules that route to the right team",
            "@desk Routing rules put [nine of ten|94 % of] tickets in the right queue; the dispatcher role is gone.",
            "@desk Escalation by service level works to the minute, with holidays of [three|five] countries.",
        ),
        strength(
            "features",
            "assets tied to tickets",
            "Assets, contracts and tickets hang together: one look tells me [warranty and history|which version and who else has it].",
            "Work orders with photos from the field arrive complete; second visits fell by [a quarter|30 %].",
        ),
        strength(
            "features",
            "vehicles and sites in one view",
            "@fleet The map shows vehicles, jobs and delays live; dispatch phones [half as often|only for exceptions].",
            "@fleet Maintenance by mileage and hours cut breakdowns from [nine to three|eleven to four] a month.",
        ),
        strength(
            "features",
            "jobs planned in half the time",
            "@fleet Tours are planned in [twenty minutes|half an hour] instead of [two hours|a morning], with fewer empty kilometres.",
            "@fleet Inspection dates and [tyres|licences] are never missed now; the reminder goes to the driver as well.",
            "@fleet Drivers report damage with a photograph from the cab, and the workshop [orders parts|plans a slot] the same day.",
        ),
        strength(
            "value",
            "fuel and idle time under control",
            "@fleet Fuel use fell by [6|8|5] % in the first [year|season], mostly through idle time nobody had seen.",
            "@fleet We returned [eleven|nine|fourteen] vehicles, the figures showed they were barely used.",
        ),
    ),
    flaws=(
        flaw(
            "ease_of_use",
            "heavy for small teams",
            [
                "Small teams need a tenth of it; hide the rest early.",
                "Editing a workflow in use needs a quiet hour.",
            ],
            [
                "@desk For a password reset our people click through [five|six] screens and [three|four] categories. They phone instead.",
                "Every process is possible and none is ready. After [eight|ten] months we had [two|three] of [fourteen|twelve] live.",
            ],
        ),
        flaw(
            "features",
            "search that finds the wrong ticket",
            [
                "@desk Search over old tickets is literal; synonyms would help.",
                "@desk Merging duplicates loses the order of comments.",
            ],
            [
                "@desk Search can't find a ticket by its subject if it's older than [a year|six months]. We search our mailboxes instead.",
            ],
        ),
        flaw(
            "value",
            "agent licences for occasional helpers",
            [
                "@paid Occasional helpers need full licences. We [share|juggle] [five|eight] of them.",
                "@oss The bundled reports are basic.",
            ],
            [
                "@paid Moving from [three to four|two to three] modules meant new editions for all [180|90] agents. The module was used by [twelve|nine].",
            ],
        ),
        flaw(
            "stability",
            "mail handling with mishaps",
            [
                "@desk Mail threads with several recipients sometimes split into two tickets.",
                "@desk Signatures and logos end up as attachments.",
            ],
            [
                "@desk Replies from [some mail servers|customers' systems] open new tickets. We close [300|180] duplicates a week by hand.",
                "@desk An auto-reply loop created [11,000|7,000] tickets in a night. There's no limit to set.",
            ],
        ),
        flaw(
            "features",
            "reports on service levels that don't add up",
            [
                "@desk Service-level reports don't know our waiting states by default.",
                "Dashboards refresh every [fifteen|thirty] minutes; wall screens need more.",
            ],
            [
                "@desk The clock runs on while we wait for the customer, so every report shows us failing. Configuring that 'correctly' took a partner [nine|seven] days and is still off.",
            ],
        ),
        flaw(
            "stability",
            "trackers that drop out",
            [
                "@fleet Trackers lose the signal in [depots|ferries] and catch up late.",
                "@fleet The driver app drains [older|company] phones.",
            ],
            [
                "@fleet [One in nine|Every tenth] tracker goes silent and support wants each of them [restarted in the vehicle|sent in].",
                "@fleet Mileage differs from the odometer by [4|6] %, so [leasing|tax] reports are done by hand.",
            ],
        ),
    ),
    uses=(
        "@desk Internal help desk for about {people} people, [8,000|3,000|1,200] tickets a month.",
        "@desk Customer service by mail and portal for [two brands|three products], [40|25] agents.",
        "@fleet Facilities and [equipment|vehicle] maintenance at [fourteen|thirty] sites.",
        "@desk Requests, changes and assets, linked, for [IT and HR|four departments].",
    ),
    results=(
        "@desk First response went from [nine hours to 50 minutes|a day to two hours].",
        "@desk Backlog fell from [1,900 to 240|900 to 130] in [four|five] months.",
        "Satisfaction rose from [3.4 to 4.3|3.6 to 4.4] of 5.",
        "[Two|Three] departments asked to join on their own.",
    ),
    faint=(
        "@desk Tickets get numbers and don't vanish.",
        "The customer portal looks tidy.",
    ),
)

TOPICS = (COLLABORATION, COMMUNICATION, CRM, SERVICE)
