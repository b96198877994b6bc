"""Observability, networking, platforms, provisioning, storage: what keeps the lights on."""

from reviews_site.seed.sentences.parts import INFRASTRUCTURE, Topic, flaw, strength

OBSERVABILITY = Topic(
    key="observability",
    noun="monitoring tool",
    kind=INFRASTRUCTURE,
    strengths=(
        strength(
            "features",
            "quick triage from alert to trace",
            "From an alert I reach the trace and the logs of the same request in [two|three] clicks, which took our usual triage from [forty|thirty-five|fifty] minutes to [about ten|under ten|twelve].",
            "Traces, logs and metrics share one time line. Last [month|week|quarter] that showed us a [slow DNS resolver|retry storm|lock in the order database] within minutes.",
            "The link from a dashboard panel to the matching logs is what [our on-call people|the on-call rotation] use most.",
        ),
        strength(
            "speed",
            "fast queries over weeks of data",
            "Queries over [thirty|sixty|ninety] days of logs come back in [a few seconds|under ten seconds], as long as you [filter by service first|stay on indexed labels].",
            "We send [2|3|5] TB a day and searching [yesterday|last week] still feels instant.",
            "Label queries are fast even with [a few million|two million] active series.",
        ),
        strength(
            "features",
            "alerts that mean something",
            "Alert rules live next to the code, get reviewed, and page [the right team|the team that owns the service]. Night pages dropped from [nine|eleven|fourteen] a week to [two|three].",
            "Grouping and silencing work the way on-call people think. One failed [switch|node|zone] is one page, not [sixty|two hundred].",
            "Burn-rate alerts on our service levels took [an afternoon|a day] to set up and replaced [eighty|a hundred and twenty] thresholds nobody trusted.",
        ),
        strength(
            "ease_of_use",
            "dashboards people build themselves",
            "Developers build their own dashboards now. We have [three hundred|two hundred], and [forty|fifty] of them are even good.",
            "Dashboards as code, with variables for [cluster and namespace|region and service], mean one definition for [eleven|thirty|twenty] teams.",
            "@user I put together a useful dashboard on my first day, by copying [a colleague's panel|the sample].",
        ),
        strength(
            "features",
            "painless instrumentation",
            "OpenTelemetry support is first-class: we pointed [the collector|our exporters] at it and [forty|thirty|sixty] services showed up the same evening.",
            "Auto-instrumentation for [Java and Python|.NET and Node|Go and Java] covered [about 80 %|most] of what we need with no code changes.",
        ),
        strength(
            "stability",
            "reliability in the middle of an incident",
            "It stayed up while everything else was down, which is when I [need it|judge a monitoring tool].",
            "During our [worst outage of the year|regional failover] {people} people were looking at it and ingest never fell behind by more than [a minute|thirty seconds].",
        ),
        strength(
            "value",
            "control over what we keep",
            "Dropping and sampling before storage cut our volume by [a third|40 %|half] without [losing anything we miss|a single complaint].",
            "We can decide per stream what is hot, cold or dropped; the bill became [predictable|explainable to finance].",
        ),
    ),
    flaws=(
        flaw(
            "value",
            "a bill that follows log volume",
            [
                "@paid Keep an eye on custom metrics: one careless label cost us [a four-figure sum|about 1,800 a month] before we noticed.",
                "@oss Long-term storage is your own problem; we spend [two days a month|real time] on retention and compaction.",
                "I'd like to see cost per team [inside the tool|without exporting usage data].",
            ],
            [
                "@paid One debug flag left on over a weekend produced an invoice of [eleven|nineteen|fourteen] thousand. There is no hard limit, only [an e-mail after the fact|a graph you have to look at].",
                "@paid Indexed logs, ingested logs, retained logs: three meters, and nobody in {team} can predict the sum.",
                "@oss Memory use explodes with cardinality. One [team's|service's] user-id label killed the whole [cluster|store], twice.",
            ],
        ),
        flaw(
            "ease_of_use",
            "a query language of its own",
            [
                "The query language is powerful and [takes a month|takes weeks] to like. Occasional users copy and paste.",
                "Joins between [metrics and logs|two data sources] are possible but [ugly|hard to read a week later].",
            ],
            [
                "The query language is so odd that [three|four] people write all queries for {people}. At three in the morning nobody remembers the syntax for [rates over gaps|a simple ratio].",
                "Two query languages, one for logs and one for metrics, neither close to SQL. Newcomers [give up and ask|grep on the host instead].",
            ],
        ),
        flaw(
            "features",
            "alert noise out of the box",
            [
                "The bundled alert rules are noisy; set aside [a week|a few days] to prune them.",
                "Anomaly detection needs [a month|three weeks] of patience before it is more right than wrong.",
            ],
            [
                "Anomaly detection fires on every [deployment|Monday morning|payday]. After [two months|a quarter] of tuning we switched it off.",
                "Alerts arrive [six|eight|five] minutes late under load, and [flapping|duplicate] pages made {team} ignore the one that mattered.",
            ],
        ),
        flaw(
            "stability",
            "gaps in the data",
            [
                "The agent [eats more memory than it should|needs a restart now and then] on [busy hosts|our older machines].",
                "Traces are sampled harder than I'd like; the odd one is [missing when you want it|cut off in the middle].",
            ],
            [
                "The agent dies silently. We found [nineteen|thirty-one|twelve] hosts that had sent nothing for [days|a week], and no alert for it.",
                "Under load it drops logs without telling you. We noticed when [the auditor asked for a specific day|a postmortem had a hole in the middle].",
            ],
        ),
        flaw(
            "speed",
            "slow dashboards over long ranges",
            [
                "Anything over [thirty|ninety] days needs recording rules or patience.",
                "Big dashboards reload every panel when you touch one variable.",
            ],
            [
                "A dashboard with [twenty|thirty] panels takes [forty seconds|a minute] to load and times out over [seven|fourteen] days. Useless for capacity planning.",
            ],
        ),
    ),
    uses=(
        "Metrics and logs for about [sixty|eighty|two hundred] services; on-call for [five|eight] teams runs on it.",
        "Finding out why requests are slow across [our payment path|a chain of twelve services], and alerting on service levels.",
        "Central logging for [Kubernetes and a few hundred virtual machines|three data centres], with [ninety days|a year] of retention for audit.",
        "Capacity planning and [weekly service reviews|the monthly availability report].",
        "Watching [batch jobs and queues|our edge sites], with alerts into [Teams|Slack|the pager].",
    ),
    results=(
        "Mean time to repair went from [70 to 25|90 to 40|55 to 20] minutes within [two quarters|half a year].",
        "We switched off [three|four] older tools and [two|three] home-made scripts.",
        "Developers look at production themselves; the operations team gets [half|a third of] the questions it used to.",
        "We found [a memory leak|a cache that never hit|two idle clusters] in the first month, which paid for [the pilot|the year].",
    ),
    faint=(
        "The default dashboards are a decent start.",
        "Collecting host metrics works without much effort.",
        "Simple up-or-down checks are reliable.",
    ),
)

NETWORKING = Topic(
    key="networking",
    noun="gateway",
    kind=INFRASTRUCTURE,
    strengths=(
        strength(
            "speed",
            "low overhead per request",
            "@traffic Adds [about a millisecond|under two milliseconds|0.8 ms] at the median in our set-up, and the tail stays flat up to [20,000|12,000|35,000] requests a second.",
            "@traffic CPU cost is modest: [four|six|three] small instances carry all of our [traffic|edge traffic] with room to spare.",
            "@traffic We [replaced hardware boxes with it|moved off an appliance] and latency went down, not up.",
        ),
        strength(
            "features",
            "routing rules we can reason about",
            "@traffic Routing by header and weight makes canaries easy: [5 %, 25 %, all|one region first, then the rest], with a rollback in seconds.",
            "The configuration is declarative and diffs are readable, so network changes finally go through [code review|the same pipeline as everything else].",
            "@traffic Rate limits per consumer took [ten lines|a morning] and stopped a [partner's runaway script|misbehaving client] the same week.",
        ),
        strength(
            "features",
            "encryption between services for free",
            "@traffic Mutual TLS everywhere without touching application code. The security review went from [forty|twenty-five] findings to [two|three].",
            "Certificates renew themselves. We had [an expiry outage every year|two expiry incidents the year before]; since then [none|not one].",
        ),
        strength(
            "stability",
            "zero-downtime configuration changes",
            "@traffic Reloads don't drop connections. We push config [thirty|fifty] times a day and [long-lived WebSockets survive|nobody notices].",
            "Fail-over between [zones|sites] is [under three seconds|about two seconds], tested every quarter.",
        ),
        strength(
            "features",
            "good view of the traffic",
            "@traffic Per-route latency and error rates come for free, and [settled|ended] many a network-or-application debate.",
            "@traffic Access logs carry the trace id, so a complaint with a time stamp leads to one [request|log line].",
            "The topology view showed us [two|three] dependencies nobody had documented.",
        ),
        strength(
            "ease_of_use",
            "remote access that simply connects",
            "@vpn The client reconnects after sleep and [train tunnels|hotel networks] without asking for anything. Help desk calls about remote access fell by [two thirds|about 60 %].",
            "@vpn Access per application instead of a whole network: [contractors|suppliers] see [three|two] hosts and nothing else.",
            "@vpn Adding a new site takes [an hour|twenty minutes], most of it [waiting for the courier|labelling cables].",
        ),
        strength(
            "features",
            "a plug-in for nearly everything",
            "@traffic Authentication, quotas and transformations come as plug-ins; our own [fits in eighty lines|was written in two days].",
            "@traffic It speaks [HTTP/2, gRPC and WebSockets|gRPC and plain TCP] without special cases.",
        ),
        strength(
            "features",
            "access that ends with the contract",
            "@vpn Contractors lose access at midnight of their last day, without a ticket.",
            "@vpn Rights come from the directory group, so moving to another team [changes what you reach|takes effect within minutes].",
        ),
        strength(
            "speed",
            "direct routes to the cloud",
            "@vpn Traffic to cloud services leaves locally now; calls from [our Asian offices|the plants] stopped stuttering.",
            "@vpn Throughput from home went from [20 to 180|30 to 220] Mbit/s, and people noticed.",
        ),
    ),
    flaws=(
        flaw(
            "ease_of_use",
            "configuration that punishes typos",
            [
                "@traffic Error messages for a wrong [route|selector] could say which [object|line] they mean.",
                "There are [three|two] ways to configure the same thing, and examples on the web mix them.",
            ],
            [
                "@traffic One wrong indentation in a [route|policy] was accepted, applied and took [a region|the customer portal] down. There is no dry run worth the name.",
                "@traffic Precedence between [global, service and route|namespace and cluster] settings is undocumented; we keep a [spreadsheet|wall chart] to work out which rule wins.",
            ],
        ),
        flaw(
            "features",
            "debugging in the dark",
            [
                "When a request is refused, finding out which [policy|filter] did it takes longer than it should.",
                "Metrics are plentiful, names are cryptic.",
            ],
            [
                "@traffic When something is blocked you get a 503 and [a two-letter flag|silence]. We spent [three|four] days on what turned out to be [a header limit|a default time-out of 15 seconds].",
                "@traffic Sidecars restart in the wrong order and jobs never finish. Every team has its own [sleep|workaround] by now.",
            ],
        ),
        flaw(
            "speed",
            "memory that grows with every service",
            [
                "@traffic Memory per [proxy|instance] is higher than I'd like once you pass [three hundred|five hundred] endpoints.",
                "@traffic Control-plane updates take [ten|twenty] seconds to reach everything at our size.",
            ],
            [
                "@traffic The sidecars eat [18 %|a fifth|22 %] of our cluster memory. That is a real invoice for [plumbing|something users never see].",
                "Throughput collapses when [deep inspection|body logging] is on; the data sheet was measured without it.",
            ],
        ),
        flaw(
            "stability",
            "certificate trouble",
            [
                "Rotating the root certificate is a manual procedure with [eleven|fourteen] steps. It works, but I'd rather not.",
                "Clock skew on a node shows up as [random TLS failures|a very confusing error].",
            ],
            [
                "@traffic The built-in certificate authority expired after [a year|twelve months] without warning and nothing could talk to anything for [four|five] hours.",
                "@vpn The client drops the tunnel [twice an hour|whenever the laptop changes networks], and users have to log in again [with a second factor|from scratch] each time.",
            ],
        ),
        flaw(
            "features",
            "a developer portal as an afterthought",
            [
                "@traffic The developer portal is basic; we put our own docs in front of it.",
                "@traffic Quota reports by consumer need [an export|a query of your own].",
            ],
            [
                "@traffic Half of what the brochure calls API management is [a separate product|a partner's add-on]. Portal, billing and analytics don't share [a login|the same consumer list].",
            ],
        ),
        flaw(
            "features",
            "logs that don't name the device",
            [
                "@vpn Logs name the user but not always the device.",
                "@vpn I'd like to test a rule for one person before it goes to all.",
            ],
            [
                "@vpn When someone can't connect, the log says 'policy'. Which one, nobody knows; we [add the person everywhere|try them one by one].",
                "@vpn Split tunnelling broke [printing|local file shares] in [forty|sixty] branches, and the fix was [a registry key|to switch it off].",
            ],
        ),
    ),
    uses=(
        "@traffic Edge gateway for [forty|ninety|sixty] internal and [twelve|a dozen] public APIs, with authentication and quotas.",
        "@traffic Traffic between services in [three|two] clusters, with mutual TLS and gradual releases.",
        "@vpn Remote access for [staff and suppliers|about {people} people], per application.",
        "@traffic Load balancing and TLS in front of [a mix of old and new applications|our shop and the portals].",
        "@vpn Connecting [branch offices|plants and warehouses] to the data centre and two clouds.",
    ),
    results=(
        "@traffic Releases go out gradually now, and a bad one reaches [5 %|one in twenty] of users instead of all.",
        "We retired [two|a pair of] hardware load balancers and their maintenance contracts.",
        "@traffic Partners get an API key in [minutes|an hour] instead of [three weeks|a ticket to three teams].",
        "An audit finding about unencrypted internal traffic, open for [two|three] years, was closed.",
    ),
    faint=(
        "@traffic Plain routing works and is quick.",
        "Throughput for simple cases is good.",
        "The getting-started example runs.",
    ),
)

PLATFORM = Topic(
    key="platform",
    noun="platform",
    kind=INFRASTRUCTURE,
    strengths=(
        strength(
            "features",
            "self-service for developers",
            "Teams get a namespace with quotas, [ingress and secrets|a pipeline and a database] from one form. What took [two weeks|ten days] and five tickets is [a coffee|twenty minutes] now.",
            "Developers deploy on their own, [forty|sixty|a hundred] times a day between them, and we only hear about it [in the statistics|when they ask].",
            "A newcomer deploys on the first day. [We made that a ritual.|That used to be the third week.]",
        ),
        strength(
            "stability",
            "self-healing that deserves the name",
            "Nodes die and nobody gets paged; workloads are back in [under a minute|forty seconds].",
            "We lost [a rack|an availability zone|a power feed] in [March|spring|October] and customers didn't notice.",
            "Rolling updates with [sane probes|disruption budgets] mean we patch hosts at noon.",
        ),
        strength(
            "features",
            "upgrades at the press of a button",
            "Cluster upgrades are one click or one line, node by node; [fourteen|eleven|nine] clusters took [two evenings|a day and a half].",
            "The version skew policy is clear and the pre-flight check [caught two removed APIs|told us which manifests to fix].",
        ),
        strength(
            "ease_of_use",
            "one way to run things everywhere",
            "The same manifests run on [laptops, two clouds and our own racks|the factory floor and in the cloud]. That was the promise and it is largely kept.",
            "Moving a workload from [one cloud to the other|our data centre to the cloud] took [a day|two days], mostly for storage.",
        ),
        strength(
            "value",
            "better use of the machines we have",
            "Utilisation went from [15 to 55|20 to 60|18 to 48] per cent, so we cancelled [an order for forty servers|this year's hardware order].",
            "Autoscaling at night alone saves us [about a third|30 %] of the compute bill.",
        ),
        strength(
            "features",
            "guard rails instead of gates",
            "Policies stop [privileged containers and unknown registries|images without a signature], with a message that tells the developer what to change.",
            "Quotas and network policies by default: one team's [load test|runaway job] no longer hurts the others.",
        ),
        strength(
            "speed",
            "quick starts",
            "Cold starts are [under 50 ms|under 200 ms|barely measurable] for our functions, good enough to [scale to zero|switch everything off at night].",
            "Scaling from [two to sixty|five to eighty] instances takes [half a minute|under a minute], which covered our [ticket sale|campaign] peaks.",
        ),
    ),
    flaws=(
        flaw(
            "ease_of_use",
            "complexity that needs a platform team",
            [
                "You need [two|three] people who really know it. With fewer I'd buy it managed.",
                "YAML everywhere. Templates help, until someone has to debug the templates.",
            ],
            [
                "For our [nine|twelve] services it is absurdly heavy. [Three|Two] engineers feed the platform, and the applications wait.",
                "Every simple task touches [six|seven] concepts. Developers [copy manifests they don't understand|paste until it starts], and the incidents look like it.",
            ],
        ),
        flaw(
            "stability",
            "storage as the weak point",
            [
                "Stateless is a joy, stateful needs [care|respect]: detach and attach of volumes takes [two|three] minutes at times.",
                "I'd keep databases outside for now.",
            ],
            [
                "Volumes hang in 'attaching' after a node failure until someone [deletes objects by hand|edits finalizers]. That is not self-healing.",
                "After the last node failure [two|three] stateful services came up empty. The data was there, [mounted nowhere|on a volume it had forgotten].",
            ],
        ),
        flaw(
            "stability",
            "upgrades that break add-ons",
            [
                "The core upgrades well; [ingress and certificate|monitoring and storage] add-ons need their own plan.",
                "The support window is short. [Three upgrades a year|An upgrade every four months] is a commitment.",
            ],
            [
                "Each upgrade breaks an add-on: [ingress|DNS|the autoscaler] last time, with an outage of [three hours|half a day]. The compatibility table was [wrong|out of date].",
                "APIs are removed faster than our suppliers update their charts. We are [two|three] versions behind and [nervous|out of support].",
            ],
        ),
        flaw(
            "features",
            "logs and costs you have to add yourself",
            [
                "Cost per team is not visible without [another tool|tagging discipline].",
                "You'll want to bring your own [logging|registry]; the built-in one is for demos.",
            ],
            [
                "Logging, cost reports and backup are all 'bring your own'. The platform price is [the entrance fee|a third of what we really pay].",
            ],
        ),
        flaw(
            "support",
            "vendor and community pointing at each other",
            [
                "For some components it is unclear who maintains them; check before you build on them.",
                "@paid Support knows the platform well and the [CNI|storage] layer less.",
            ],
            [
                "@paid Support ends where an upstream component begins, and [nearly everything|most of it] is an upstream component.",
                "@oss Two components we depend on lost their maintainers [in one year|within months]. We now maintain [an operator|a fork] against our will.",
            ],
        ),
    ),
    uses=(
        "Running about [eighty|forty|a hundred and fifty] services for [nine|six|fourteen] teams, across [two|three] regions.",
        "A platform for internal applications, [partly on our own hardware|in two clouds], with self-service for developers.",
        "Batch and web workloads on the same clusters, [scaled down at night|packed onto fewer nodes].",
        "Event-driven functions for [order processing|image handling|integration jobs] that are idle most of the day.",
        "Edge sites: a small cluster in each [plant|branch|hospital], managed from one place.",
    ),
    results=(
        "Lead time from commit to production fell from [nine days to one|two weeks to half a day].",
        "Compute costs are down by [about a quarter|30 %|a fifth] at higher load.",
        "Ticket volume for infrastructure halved; what remains is [interesting|real work].",
        "We passed the [disaster recovery test|fail-over exercise] on the first attempt, in [35|50] minutes.",
    ),
    faint=(
        "Running a first container takes minutes.",
        "The command-line client is pleasant.",
        "For a demo cluster it is quick to set up.",
    ),
)

PROVISIONING = Topic(
    key="provisioning",
    noun="automation tool",
    kind=INFRASTRUCTURE,
    strengths=(
        strength(
            "features",
            "servers that stay the way we described them",
            "Drift is found and corrected every [thirty minutes|hour]. The '[snowflake|pet] server' meeting has been taken off the calendar.",
            "We rebuilt a lost [application server|branch server] from code in [eighteen|twenty-five|forty] minutes, including data restore.",
            "Idempotence is real: I run the same thing [ten|five] times and the report says zero changes.",
        ),
        strength(
            "features",
            "a plan you can read before it runs",
            "The plan shows exactly what will be created, changed and destroyed; reviewing it [caught a database deletion|stopped two bad Fridays] before it happened.",
            "Dry runs are trustworthy enough that our change board [approves them as evidence|stopped asking for screenshots].",
        ),
        strength(
            "ease_of_use",
            "readable definitions",
            "Even [the network people|auditors] can read the definitions. We keep [four hundred|six hundred|two hundred] of them in one repository.",
            "No agent to install: a [shell login|certificate] is enough, so we reached [old Unix boxes|switches and firewalls] too.",
            "I learned enough in [two days|a weekend] to automate our [patch round|user on-boarding].",
        ),
        strength(
            "features",
            "modules for everything we own",
            "There is a maintained module for nearly everything we have: [three clouds, VMware and F5|Windows, Linux and the storage array].",
            "Roles from the community saved us [weeks|a month]; [six of ten|most] we use unchanged.",
        ),
        strength(
            "speed",
            "patch nights that end before midnight",
            "Patching [900|1,400|600] hosts went from [three weekends|five nights] to [one evening|four hours], in waves with health checks between.",
            "Parallel runs scale well; [2,000|1,200] nodes finish in [under ten|about fifteen] minutes.",
        ),
        strength(
            "value",
            "fewer tickets for routine work",
            "Routine requests ([disk, user, firewall rule|restart, quota, certificate]) run from a self-service page. That was [a third|40 %] of our tickets.",
            "One engineer now looks after what [three|four] used to.",
        ),
    ),
    flaws=(
        flaw(
            "ease_of_use",
            "a state file to be afraid of",
            [
                "State needs discipline: locking, backups, and nobody [clicking in the console|working around it].",
                "Renaming a resource without recreating it is possible but [feels like surgery|takes nerve].",
            ],
            [
                "The state got corrupted [during a time-out|by two runs at once] and we spent [two days|a weekend] importing [three hundred|four hundred] resources by hand.",
                "A harmless-looking rename planned to destroy [a production database|the whole network]. Nothing in the default settings stops that.",
            ],
        ),
        flaw(
            "speed",
            "slow runs on large inventories",
            [
                "Runs over [five hundred|eight hundred] hosts are slow unless you tune [forks and caching|fact gathering].",
                "A full plan takes [eleven|nine] minutes for us, so people split things more than is good.",
            ],
            [
                "A full run takes [two hours|ninety minutes] and dies at [80 %|the last host] with a time-out. Starting over is the only option.",
            ],
        ),
        flaw(
            "ease_of_use",
            "errors from three layers down",
            [
                "Template errors point to the wrong line more often than not.",
                "Variable precedence has [sixteen|twenty-odd] levels; we allow [three|four] of them.",
            ],
            [
                "Errors are a wall of text from [three|four] layers down, with the cause in the [middle|last place you look]. New people can't debug it.",
                "'Undefined variable' with no name, no file and no line. That cost [me a morning|us half a sprint], repeatedly.",
            ],
        ),
        flaw(
            "features",
            "modules of very mixed quality",
            [
                "Quality of community modules varies; pin versions and read the source.",
                "Windows support is [a step behind|usable but second-class].",
            ],
            [
                "The provider for our [storage|firewall] reports success and does nothing. The bug report is [two years|eighteen months] old.",
                "A minor release of a module changed its defaults and [opened a port|removed our users] on [ninety|sixty] hosts.",
            ],
        ),
        flaw(
            "features",
            "no good overview of what ran where",
            [
                "I'd like a history per host without [the paid console|building one].",
                "Secrets handling is up to you; pick a vault first.",
            ],
            [
                "There is no usable report of what changed where. For the audit we [parsed log files|took screenshots of terminal windows].",
            ],
        ),
    ),
    uses=(
        "Configuration of [about 900|roughly 400|1,400] servers and their monthly patching.",
        "Building [landing zones and networks|whole environments] in two clouds from code.",
        "Self-service provisioning for [test environments|project teams], with an expiry date.",
        "Rolling out [certificates and agents|base images and hardening] across [sites|data centres].",
    ),
    results=(
        "A new environment takes [an hour|forty minutes] instead of [three weeks|eleven working days].",
        "Audit preparation went from [two weeks|ten days] to [a day|an afternoon], since the code is the evidence.",
        "Failed changes fell from [one in eight|12 %] to [one in forty|under 3 %].",
        "Night and weekend work for patching is down by [three quarters|70 %].",
    ),
    faint=(
        "Small, one-off jobs are quick to write.",
        "Getting started on ten machines is easy.",
    ),
)

STORAGE = Topic(
    key="storage",
    noun="storage solution",
    kind=INFRASTRUCTURE,
    strengths=(
        strength(
            "stability",
            "restores that work",
            "@disks Restores work, and that is the only test that counts: [37|24|52] so far, [from single files to a whole virtual machine|including one full site], none failed.",
            "@disks We do a restore exercise every [quarter|month]; the last one brought back [4|6|2] TB in [under three hours|an afternoon].",
            "@disks After an encryption attack on a [supplier|sister company] we tested the immutable copies [hard|thoroughly]. They held.",
        ),
        strength(
            "value",
            "real savings through compression",
            "@disks Deduplication gives us a factor of [7|9|6] on virtual machines, so [a year|ninety days] of history fits where [a month|two weeks] used to.",
            "@disks Tiering cold data to object storage saves [about 60 %|half] of what we paid for disks, and users can't tell.",
        ),
        strength(
            "stability",
            "data that survives failures",
            "@disks We have lost [nine|six|four] disks and one whole node in {duration}, and not one byte.",
            "@disks Rebuild after a disk failure takes [two hours|ninety minutes] and the applications hardly notice.",
        ),
        strength(
            "ease_of_use",
            "backups that look after themselves",
            "@disks Policies by [tag|folder] mean new machines are protected from the first night without anyone remembering.",
            "@disks The daily report is [five lines|one screen], green or not green. That's how I want it.",
            "@files@user Getting an old version of a file back is a right-click, [no ticket|no call] needed.",
        ),
        strength(
            "speed",
            "steady throughput",
            "@disks We see [2.4|3.1|1.8] GB/s sustained from [six|four|eight] nodes, close to what the network gives.",
            "@disks Latency stays under [a millisecond|two milliseconds] for our databases, also while a snapshot runs.",
            "@disks The backup window shrank from [eleven|nine|ten] hours to [under three|two and a half].",
        ),
        strength(
            "features",
            "growth one node at a time",
            "@disks Adding a node is [plug in, approve, done|half an hour]; data spreads by itself.",
            "@disks S3, NFS and block from the same system saved us [a second cluster|two other systems].",
        ),
        strength(
            "features",
            "sharing with outsiders under control",
            "@files Links with an expiry date, password and a log of who opened them: legal [stopped worrying|approved it in a week].",
            "@files Large files to [clients|suppliers|other agencies] no longer leave by private mail accounts.",
        ),
        strength(
            "ease_of_use",
            "folders people understand",
            "@files It looks like the folders people know, so nobody needed training.",
            "@files Comments and locks sit with the file; we stopped mailing [versions|attachments] around.",
            "@files Offline files on the laptop [just work|sync on the first network], also for [our auditors|sales] on trains.",
        ),
        strength(
            "features",
            "rules for what leaves the house",
            "@files Labels decide what may be shared outside; [payroll|patient] data simply can't.",
            "@files Who opened which file and when is one report. That ended a [dispute with a supplier|leak inquiry] in a day.",
        ),
    ),
    flaws=(
        flaw(
            "speed",
            "slow with millions of small files",
            [
                "@disks Millions of small files are [not its strength|slow]; pack them first.",
                "@files The desktop client needs [a while|its time] to index a large folder after reinstalling.",
            ],
            [
                "@disks A folder with [two million|900,000] small files takes [thirty hours|two days] to back up and [longer|even longer] to restore. For us that is the main case.",
                "@files Sync conflicts produce copies of copies. Finance once had [eleven|nine] versions of the same budget, [all of them newest|none of them right].",
            ],
        ),
        flaw(
            "value",
            "charges for taking data out",
            [
                "@paid Capacity licences count [before|after] compression in one place and the other way round in another. Ask twice.",
                "@saas Egress and request charges are easy to forget in the business case.",
            ],
            [
                "@saas Reading back [40|60] TB for a migration cost more than [a year|eighteen months] of storing it.",
                "@paid Licensing by [front-end terabyte|socket] changed to [subscription|capacity] mid-term and our price went up by [60 %|half] for the same data.",
            ],
        ),
        flaw(
            "ease_of_use",
            "cryptic errors when a job fails",
            [
                "@disks Failed jobs report [a number|an error code]; the knowledge base usually, not always, knows it.",
                "The console shows [its age|two designs at once], though everything is there.",
            ],
            [
                "@disks Jobs end as 'completed with warnings' and you have to read [four|three] log files to learn that [a database|half of the mailboxes] was skipped.",
                "@disks The console said green for [six|nine] weeks while one [mail server|file share] wasn't backed up at all.",
            ],
        ),
        flaw(
            "stability",
            "nervous behaviour when nearly full",
            [
                "@disks Keep [25|30] % free; above that rebalancing becomes [noticeable|a nuisance].",
                "@disks Network trouble makes it [nervous|rebalance too eagerly]; give it its own links.",
            ],
            [
                "@disks At [84|82|87] % full the cluster froze all writes. Deleting needs writes too, so we [bought disks over a weekend|sat there].",
                "@disks One flapping network port triggered a rebuild storm that made everything unusable for [fourteen hours|a working day].",
            ],
        ),
        flaw(
            "features",
            "limited reports on growth",
            [
                "@disks Forecasts of growth per department would spare me a spreadsheet.",
                "@disks I miss a simple report of what is not protected.",
            ],
            [
                "@disks It can't tell me which systems are not backed up. We wrote [a script|our own comparison] against the inventory, which is [the one thing I'd expect|frankly its job].",
            ],
        ),
        flaw(
            "features",
            "sharing settings in three places",
            [
                "@files Sharing rules live in [three|two] places; a summary per folder would help.",
                "@files Previews of [drawings|large PDFs] are slow or missing.",
            ],
            [
                "@files Moving a folder silently drops its permissions. [Two|Three] times people saw [salaries|tenders] they shouldn't have.",
                "@files Search finds file names, hardly ever contents, and never [scans|what I need].",
            ],
        ),
    ),
    uses=(
        "@disks Backup of [about 600 virtual machines|300 servers and all mailboxes] to a second site, with an immutable copy.",
        "@disks Persistent volumes for [databases in the cluster|forty stateful services].",
        "@disks An object store for [images and scans|logs and archives|research data], now at [400|900|250] TB.",
        "@files File sharing inside the company and with [clients|partners|other agencies].",
        "@disks Archive with [ten-year|seven-year] retention for [patient|tax|project] records.",
    ),
    results=(
        "@disks Recovery time in the last exercise: [three hours|two and a half hours] instead of [two days|a long weekend].",
        "@disks Storage costs per terabyte fell by [40 %|a third|half].",
        "@disks Backup administration went from a full post to [a few hours a week|half a day a week].",
        "We could answer an auditor's 'show me' with a [live restore|restore in front of her].",
    ),
    faint=(
        "Storing things works; the trouble is elsewhere.",
        "@disks The first full backup went through.",
        "@disks Small files restored quickly in our tests.",
    ),
)

TOPICS = (OBSERVABILITY, NETWORKING, PLATFORM, PROVISIONING, STORAGE)
