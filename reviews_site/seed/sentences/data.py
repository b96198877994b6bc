"""Databases, streams, pipelines, analytics and models."""

from reviews_site.seed.sentences.parts import (
    INFRASTRUCTURE,
    LIBRARY,
    Topic,
    flaw,
    strength,
)

DATABASE = Topic(
    key="database",
    noun="database",
    kind=LIBRARY,
    strengths=(
        strength(
            "speed",
            "steady response under load",
            "p99 stays under [eight|twelve|five] milliseconds at [9,000|14,000|6,000] queries a second on [modest|rented] hardware.",
            "A report over [400 million|two billion|90 million] rows that took [eleven minutes|half an hour] now takes [six|nine|four] seconds.",
            "Write throughput kept up when our sensors went from [2,000 to 40,000|5,000 to 60,000] points a second.",
        ),
        strength(
            "stability",
            "fail-over that works at three in the morning",
            "We pulled the plug on a primary [in a test|on purpose]: [seven|four|nine] seconds, no lost commit, no call.",
            "Replication has been faultless through [two|three] data-centre moves.",
            "In {duration} not one corrupted [page|index|table], and we check.",
        ),
        strength(
            "features",
            "a query planner I trust",
            "The planner does the right thing [nearly always|without hints], and the explain output tells me when and why not.",
            "Indexes on expressions and documents let us delete [a cache layer|a second store] we were never fond of.",
        ),
        strength(
            "ease_of_use",
            "familiar SQL from the first day",
            "It speaks plain SQL, so [analysts|our reporting tool|every developer] could work with it from day one.",
            "Drivers for [Java, Python and Go|everything we write in] are mature and behave the same.",
        ),
        strength(
            "features",
            "backups to the second",
            "Point-in-time recovery saved us when someone ran an update without a where clause: back to [14:02|11:47|09:31], [twenty|thirty] minutes of work.",
            "Online backups cost [under 5 %|next to nothing] in throughput, so we run them hourly.",
        ),
        strength(
            "features",
            "schema changes without a window",
            "Adding columns and indexes online works on [big|billion-row] tables; our last planned downtime was [two years ago|before my time].",
            "Partitioning by month keeps deletes instant and [vacuum|maintenance] calm.",
        ),
        strength(
            "value",
            "speed on commodity hardware",
            "[Three|Two] mid-range machines do what needed a [rack|licensed appliance] before.",
            "Compression of [9|11|7] to 1 on time series made the storage discussion go away.",
        ),
    ),
    flaws=(
        flaw(
            "ease_of_use",
            "tuning that needs a specialist",
            [
                "Out-of-the-box settings are timid; read up on [memory|connection] settings before you judge it.",
                "Query plans sometimes flip after a statistics run; pinning would be welcome.",
            ],
            [
                "Performance depends on [forty|thirty] settings nobody at our place understands. The consultant changed [five|six] of them, and the next one changed them back.",
                "A query plan flipped overnight and [the shop|month-end] stood still for [three|two] hours. There is no way to pin a plan.",
            ],
        ),
        flaw(
            "stability",
            "nerves during rebalancing",
            [
                "Adding nodes is easy, rebalancing takes [a night|longer than the estimate] and costs latency.",
                "Connection handling needs a pooler beyond a few hundred clients.",
            ],
            [
                "When a node came back after maintenance the cluster spent [nine|fourteen] hours rebalancing with latencies [ten|twenty] times the normal. We do this at Christmas now.",
                "After a network split both halves took writes. Merging by hand took [three people four days|a long weekend], and marketing still says 'strongly consistent'.",
            ],
        ),
        flaw(
            "features",
            "weak joins and ad-hoc queries",
            [
                "Ad-hoc queries outside the planned access paths are slow; model for your questions.",
                "Secondary indexes cost more than I'd like on write-heavy tables.",
            ],
            [
                "Anything not planned in the key design is a full scan. The first [auditor's question|report finance asked for] took [seven|five] hours.",
                "Joins are 'supported': [20 million|8 million] rows on each side and the query dies with out-of-memory.",
            ],
        ),
        flaw(
            "value",
            "pricing that punishes growth",
            [
                "@paid Good, but every [replica|test copy] counts as a licence.",
                "@saas Storage only grows; shrinking needs a dump and restore.",
            ],
            [
                "@paid Core-based licensing made a hardware refresh cost [190,000|more in licences than in machines].",
                "@saas Read units, write units, backup units: our bill varied between [2,900 and 8,400|1,100 and 5,200] a month at the same load.",
            ],
        ),
        flaw(
            "features",
            "monitoring you must add yourself",
            [
                "Monitoring views are complete and cryptic; a small built-in dashboard would do wonders.",
                "Tools for administrators are [spartan|showing their age].",
            ],
            [
                "You can't see what is blocking what without [a third-party tool|a query from a blog]. During an incident that's [maddening|lost time].",
            ],
        ),
    ),
    uses=(
        "Main store behind [our shop|the booking system|claims handling], about [2|4|1.2] TB, [read-heavy|half reads, half writes].",
        "Time series from [40,000 sensors|meters|machines], kept for [five|ten] years.",
        "Search and recommendations over [eleven|four] million documents.",
        "A reporting copy of [six|four] systems for [analysts|controlling].",
        "Session and [cart|device] data with low latency in [two|three] regions.",
    ),
    results=(
        "Month-end reporting finishes in [forty minutes|an hour] instead of overnight.",
        "We consolidated [nine|fourteen|six] small servers into [one cluster|two clusters].",
        "Planned downtime went from [eight hours a quarter|six hours a month] to none.",
        "Licence costs fell by [70 %|two thirds], part of which we spent on training.",
    ),
    faint=(
        "Simple reads by key are fast.",
        "Installing a single node takes minutes.",
        "The SQL shell is pleasant.",
    ),
)

STREAMING = Topic(
    key="streaming",
    noun="messaging system",
    kind=LIBRARY,
    strengths=(
        strength(
            "speed",
            "throughput to spare",
            "[Five|Three|Seven] brokers take [900,000|400,000|1.2 million] events a second and idle at [30|40] %.",
            "End-to-end latency is [under ten|about six|a steady four] milliseconds, also at peak.",
        ),
        strength(
            "stability",
            "messages that never get lost",
            "In {duration} and some [forty|eleven|ninety] billion messages we have not lost one, through [three|five] broker failures.",
            "Rolling restarts go unnoticed; consumers [rebalance in seconds|just continue].",
        ),
        strength(
            "features",
            "replay as a superpower",
            "Replaying [a week|three days] of events after fixing a bug saved us [twice|three times]. I wouldn't build without it again.",
            "New teams subscribe to the history and [build their own view|start with real data] without bothering the producers.",
        ),
        strength(
            "ease_of_use",
            "clean client libraries",
            "Clients for [Java, Go and Python|.NET and Java] behave alike and the defaults for retries are right.",
            "A first producer and consumer is [thirty|twenty] lines; the [concepts|semantics] fit on one page.",
        ),
        strength(
            "features",
            "routing that fits our integration work",
            "Topics, dead-letter queues and delayed delivery cover all our [eighty|forty] integrations.",
            "Schema checks at the broker stopped [three|four] breaking changes before they reached consumers.",
        ),
        strength(
            "features",
            "stream processing close to SQL",
            "Windows and joins over streams read almost like SQL, so [two analysts|people from finance] maintain [some of|most of] them.",
            "Exactly-once held in our tests, including [a killed worker|pulled cables]; the sums matched to the cent.",
        ),
    ),
    flaws=(
        flaw(
            "ease_of_use",
            "operations that need expertise",
            [
                "Sizing partitions is a decision you live with; think before the first topic.",
                "Running it well takes [one person who likes it|experience]; hosted may be the better deal.",
            ],
            [
                "Operating it is a job of its own: partitions, retention, rebalances, quotas. We are [six|nine] people in total and [one and a half|two] do nothing else.",
                "A full disk on one broker took down the cluster, and [recovery|bringing it back] followed [a forum post|no documented procedure].",
            ],
        ),
        flaw(
            "features",
            "little insight into what is in a topic",
            [
                "Looking into a topic needs a third-party viewer.",
                "Consumer lag per team should be visible without [exporters|extra tools].",
            ],
            [
                "There is no way to see who reads what. Switching off one old topic took [three months of asking around|a quarter and two outages].",
            ],
        ),
        flaw(
            "stability",
            "rebalances at the wrong moment",
            [
                "Consumer groups rebalance more often than they should on [slow networks|spot machines].",
                "Large messages are not its thing. Put a reference in instead.",
            ],
            [
                "A slow consumer triggers a rebalance that triggers the next. Under peak load we processed nothing for [forty|twenty-five] minutes, twice in one [week|season].",
                "Duplicates after each fail-over, in spite of the exactly-once setting. Our customers got [two|three] confirmations.",
            ],
        ),
        flaw(
            "value",
            "costs for keeping history",
            [
                "@saas Retention beyond [a week|seven days] gets expensive.",
                "@oss Tiered storage is there but feels new.",
            ],
            [
                "@saas Cost per partition made our clean design with [many small topics|one topic per tenant] unaffordable. We merged topics to please the invoice.",
            ],
        ),
    ),
    uses=(
        "Event backbone between [forty|sixty|twenty-five] services and the warehouse.",
        "Order and stock events from [shops and depots|three ERP systems], replayable for [a week|thirty days].",
        "Telemetry from [vehicles|machines|meters], filtered and enriched on the way.",
        "Decoupling the old core system from [portals and partners|everything new].",
    ),
    results=(
        "Stock levels are correct within [seconds|two seconds] instead of [overnight|at the next batch].",
        "A new consumer is [an hour's|half a day's] work, not an integration project.",
        "Night batches shrank from [nine|seven] to [two|one].",
    ),
    faint=(
        "Raw speed is impressive.",
        "A single broker on a laptop starts at once.",
    ),
)

PIPELINES = Topic(
    key="pipelines",
    noun="data platform",
    kind=INFRASTRUCTURE,
    strengths=(
        strength(
            "features",
            "connectors that keep working",
            "[Thirty-one|Nineteen|Forty-four] sources connected; [two|three] needed custom work, the rest were forms to fill in.",
            "Schema changes at the source are detected and [handled as we chose|reported before they hurt].",
        ),
        strength(
            "ease_of_use",
            "lineage anyone can follow",
            "Column-level lineage answers 'where does this number come from?' in [a minute|seconds], in front of the people asking.",
            "Business people read the catalogue. Our [controller|actuary] corrected [fourteen|nine] definitions in the first month.",
        ),
        strength(
            "stability",
            "runs that recover by themselves",
            "Failed runs resume at the failed step; nobody restarts [a four-hour|the whole] load at six in the morning any more.",
            "Backfills over [two|three] years of data ran [over a weekend|overnight] without hurting the daily loads.",
        ),
        strength(
            "features",
            "data quality checks where they belong",
            "Checks run with each load and stop bad data at the door; wrong figures in the [board|monthly] report went from [monthly|every other month] to none this year.",
            "Writing a rule is a line of SQL or a form, so [data owners|finance] write their own.",
        ),
        strength(
            "features",
            "version control for pipelines",
            "Pipelines are plain files in Git, with [tests and previews|a preview per branch]; reviews have become normal.",
            "Separate environments and promotion work as they do for software, [finally|as they should].",
        ),
        strength(
            "speed",
            "loads that finish before the coffee",
            "The nightly load went from [six and a half|five] hours to [fifty|seventy] minutes with the same sources.",
            "Incremental loads bring figures to the business within [ten|fifteen] minutes.",
        ),
    ),
    flaws=(
        flaw(
            "ease_of_use",
            "errors that hide the row",
            [
                "When a load fails, finding the offending row takes too many clicks.",
                "The scheduler's calendar logic for [holidays|month end] could be simpler.",
            ],
            [
                "A load of [40 million|12 million] rows fails with 'type mismatch' and no row, no column. We bisect files by hand.",
                "Jobs report success with zero rows. Twice the [sales|risk] report went out empty.",
            ],
        ),
        flaw(
            "value",
            "prices by rows or credits",
            [
                "@paid Watch the credits: a chatty [full refresh|test] costs as much as a week of normal loads.",
                "@oss Expect to give it a small cluster of its own.",
            ],
            [
                "@paid A vendor-side change forced a full resync of [three|two] tables and billed us [4,300|6,100] for it. Credit note: after [five|four] months.",
            ],
        ),
        flaw(
            "features",
            "connectors of uneven quality",
            [
                "Popular connectors are excellent, the long tail is [beta|best-effort].",
                "Deletes at the source are not always noticed; check that for yours.",
            ],
            [
                "The connector for [our ERP|our CRM] drops deleted records, so totals drift by [1–2 %|a little] every month. Known issue, [no date|open for a year].",
                "Half the connectors are labelled beta, and you learn what that means at [quarter end|four in the morning].",
            ],
        ),
        flaw(
            "speed",
            "an interface slow with many pipelines",
            [
                "With [three hundred|four hundred] pipelines the overview becomes slow.",
                "Workers take [a minute|ninety seconds] to start, noticeable for small jobs.",
            ],
            [
                "The scheduler lags [ten|fifteen] minutes behind once you pass [five hundred|eight hundred] tasks. Tuning guides contradict each other.",
            ],
        ),
        flaw(
            "features",
            "governance that stays on paper",
            [
                "The catalogue needs people to feed it; automation covers [half|the technical half].",
                "Masking works per column; I'd like it per purpose.",
            ],
            [
                "The catalogue was filled once, by consultants, and has been wrong since [the first reorganisation|spring]. Keeping it current takes more than we get out.",
            ],
        ),
    ),
    uses=(
        "Loading [thirty|nineteen|forty] sources into the warehouse, nightly and some of it hourly.",
        "Data catalogue and quality rules for [finance and risk|group reporting].",
        "Master data for [customers and suppliers|parts and plants] across [four|three] systems.",
        "Preparing [training data|research data], with versions and lineage.",
    ),
    results=(
        "Reporting is ready at [7:15|six] instead of [noon|ten], and usually right the first time.",
        "Onboarding a source takes [two days|a day and a half] instead of [five weeks|a month].",
        "The regulator's data lineage question was answered [in the meeting|the same day].",
        "[Two|Three] people run what took [five|six].",
    ),
    faint=(
        "The visual editor looks good in a presentation.",
        "Standard files load without trouble.",
    ),
)

ANALYTICS = Topic(
    key="analytics",
    noun="analytics tool",
    strengths=(
        strength(
            "ease_of_use",
            "answers without a request to IT",
            "Departments build their own reports: [180|240|90] people do, and the queue at {team} went from [six weeks|two months] to none.",
            "@user I had no SQL and built our [returns|staffing|pipeline] report myself in [an afternoon|a day].",
            "Drag and drop for the simple things, SQL for the rest, and [both end in the same chart|one can look under the hood].",
        ),
        strength(
            "features",
            "one definition of each figure",
            "Measures are defined once and used everywhere; [sales and finance|two directors] stopped bringing different numbers to the same meeting.",
            "The semantic layer took [two months|ten weeks] to build and ended [three|five] years of arguments.",
        ),
        strength(
            "speed",
            "quick dashboards on big tables",
            "[300 million|120 million] rows, [twelve|nine] filters, and it answers in [two|three] seconds.",
            "Extracts refresh in [nine|twelve] minutes and the dashboards feel local.",
        ),
        strength(
            "features",
            "sharing with the right people only",
            "Row-level security by [region|cost centre] follows the directory, so one dashboard serves [twenty-two|fourteen] subsidiaries.",
            "Scheduled mails with the figures [in the text|as a picture] are the only thing [executives|our directors] open, and that's fine.",
        ),
        strength(
            "features",
            "charts that print and present well",
            "Charts are clean by default; the [board|annual] pack needs no rework in slides any more.",
            "Maps with our own [districts|sales areas] worked with a file upload.",
        ),
        strength(
            "features",
            "privacy-friendly web figures",
            "Visitor figures without cookies, so [legal removed the banner|the consent banner went] and we see [all|40 % more] of our traffic.",
            "Funnels show where people [give up|drop out]; we fixed one form field and [applications|orders] rose by [6|9] %.",
        ),
    ),
    flaws=(
        flaw(
            "ease_of_use",
            "a formula language like no other",
            [
                "Calculated fields have their own logic; [totals over filters|period comparisons] need practice.",
                "Copying a dashboard to another data source should be easier.",
            ],
            [
                "A simple 'same month last year' takes [thirty lines|a page] of formula, and only [one person|our consultant] can read it.",
                "Totals don't match their rows when a filter is on. 'By design', says support. Explain that to [an auditor|our CFO].",
            ],
        ),
        flaw(
            "value",
            "licences for people who only look",
            [
                "@paid Viewer licences are the sticking point: [300|180] people who look once a month.",
                "@oss Embedding and row-level rights take more set-up than in commercial tools.",
            ],
            [
                "@paid Viewers used to be free; now each costs [14|22|11] a month. For {people} people that ended our plan.",
            ],
        ),
        flaw(
            "features",
            "a jungle of old reports",
            [
                "After [two|three] years you need housekeeping: we have [four versions|five variants] of each report.",
                "Usage statistics of dashboards are hidden in an admin view.",
            ],
            [
                "Nobody knows which of [1,900|2,400] reports is right. No owner field, no expiry, no search that works.",
            ],
        ),
        flaw(
            "speed",
            "live connections that crawl",
            [
                "Use extracts; live connections are only as quick as the source, and less than that.",
                "The editor gets slow on workbooks with more than [twenty|thirty] sheets.",
            ],
            [
                "Live queries fire [one request per tile|for every hover]. Our warehouse bill rose by [40 %|half] and dashboards still take [thirty|twenty-five] seconds.",
            ],
        ),
        flaw(
            "stability",
            "exports that lose the layout",
            [
                "PDF export cuts wide tables.",
                "Export to spreadsheets loses number formats.",
            ],
            [
                "Scheduled reports [fail silently|arrive empty] every other week. The [branch managers|ministry] went back to asking for a spreadsheet.",
            ],
        ),
    ),
    uses=(
        "Sales and margin reporting for [fourteen|nine] subsidiaries, refreshed [hourly|nightly].",
        "Self-service analysis for about {people} people on one warehouse.",
        "Product usage: funnels, retention, [feature adoption|drop-outs].",
        "Monthly figures for [the board and the regulator|ministers|our funders].",
        "Web statistics for [public sites|a dozen brands] without personal data.",
    ),
    results=(
        "Preparing the monthly pack takes [a day|a day and a half] instead of [a week|six].",
        "We found [two loss-making routes|a pricing error|unused licences] within weeks.",
        "Spreadsheets sent by mail went from [sixty|ninety] a month to [five|a handful].",
    ),
    faint=(
        "Charts look good.",
        "Uploading a spreadsheet and plotting it is quick.",
        "The gallery of examples is inspiring.",
    ),
)

TOPICS = (DATABASE, STREAMING, PIPELINES, ANALYTICS)
