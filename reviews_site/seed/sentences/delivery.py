"""How software is built and shipped, and the models that go into it."""

from reviews_site.seed.sentences.parts import (
    INFRASTRUCTURE,
    LIBRARY,
    Topic,
    flaw,
    strength,
)

PIPELINE = Topic(
    key="cicd",
    noun="delivery tool",
    kind=INFRASTRUCTURE,
    strengths=(
        strength(
            "speed",
            "builds in minutes",
            "Caching and parallel steps brought our build from [38 to 9|27 to 6|44 to 11] minutes. [Forty|Sixty] developers notice that every day.",
            "Runners scale up within [twenty|thirty] seconds, so the queue at [five in the evening|release time] is gone.",
        ),
        strength(
            "ease_of_use",
            "pipelines that can be read",
            "A pipeline is [forty|sixty] readable lines next to the code. New teams [copy, change three lines, done|start from our template].",
            "Running a step locally gives the same result as on the server, which ended most 'fix CI' commits.",
            "Logs are searchable, time-stamped and [fold in the right places|jump to the error].",
        ),
        strength(
            "features",
            "safe releases",
            "Blue-green and canary are built in, with automatic rollback on [error rate|latency]. It rolled back [four|six] times, [correctly|each time for a reason].",
            "Flags let us ship dark and switch on per [customer|region]. We haven't done a 'big release' in [a year|eighteen months].",
            "What runs where is visible in one place, [commit by commit|down to the commit].",
        ),
        strength(
            "features",
            "cluster state that follows the repository",
            "Pull-based deployment means the cluster matches Git or I see why not. Manual changes [vanish in minutes|show up as drift].",
            "Rolling back is reverting a commit. Even [management|our auditor] understood it.",
        ),
        strength(
            "features",
            "signed and scanned images",
            "The registry scans on push and refuses unsigned images; that satisfied [security|the auditors] and [cost us nothing|didn't slow us].",
            "Replication between [three|four] sites is quick and reliable, so plants with thin lines pull locally.",
        ),
        strength(
            "features",
            "an ecosystem of ready steps",
            "There is a ready-made step for everything we use, from [code signing to app stores|static analysis to release notes].",
            "Custom steps are plain containers; our [oldest|mainframe] toolchain fits in too.",
        ),
        strength(
            "stability",
            "runs that mean what they say",
            "Green means green. Flaky infrastructure failures are [below 1 %|under one in two hundred] runs.",
            "Test reports separate flaky from broken and [quarantine the former|show the history], so trust in the suite came back.",
        ),
    ),
    flaws=(
        flaw(
            "ease_of_use",
            "debugging by commit",
            [
                "Debugging a pipeline still means pushing commits called 'try again'.",
                "Template inheritance is convenient until you search where a variable comes from.",
            ],
            [
                "You debug by pushing. My last change took [twenty-three|seventeen] commits, each with a [nine|twelve]-minute wait for a typo.",
                "Variables come from [five|six] levels and the order isn't documented. A secret from another [team|project] ended up in our build.",
            ],
        ),
        flaw(
            "stability",
            "plug-ins that break each other",
            [
                "Keep plug-ins to a minimum; every one of them is an upgrade risk.",
                "Shared runners get crowded in the afternoon.",
            ],
            [
                "[Sixty|Ninety] plug-ins, each with its own idea of compatibility. An update of one disabled [deployments|log-in] for [two days|a day].",
                "Runners disappear in the middle of a job, and the release stays half deployed. It happens [weekly|twice a month].",
            ],
        ),
        flaw(
            "value",
            "minutes that run out",
            [
                "@paid Build minutes on [macOS|larger machines] count [ten-fold|several times]; budget accordingly.",
                "@oss Maintaining runners is on you.",
            ],
            [
                "@paid Minutes ran out on the [22nd|19th] of the month and releases stopped until [procurement|a director] signed an upgrade.",
            ],
        ),
        flaw(
            "features",
            "weak support for large repositories",
            [
                "Large monorepos need [sparse checkouts|path filters] everywhere; better support would be good.",
                "Cross-project pipelines work, but the picture of them is confusing.",
            ],
            [
                "With our monorepo each change builds everything. Path filters exist and [miss renamed files|ignore merges], so we [deploy stale code|wait two hours].",
            ],
        ),
        flaw(
            "features",
            "approvals too simple for regulated work",
            [
                "Approvals are per environment; four-eyes per [change class|risk] would suit us.",
                "The audit view could keep more than [90|180] days.",
            ],
            [
                "Anyone with write access can change the pipeline that checks them. For [a bank|us as a regulated company] that's a finding, and there is no setting for it.",
            ],
        ),
    ),
    uses=(
        "Building and releasing [140|60|300] repositories for [eleven|six|twenty] teams.",
        "Deployments to [four|nine|two] clusters from Git, with approval for production.",
        "Gradual roll-out with flags for [web and mobile|three apps].",
        "Registry and scanning of images for [all plants|our platform].",
        "Automated tests of [an old core system|our booking engine], nightly on real devices.",
    ),
    results=(
        "From [monthly|six-weekly] releases to [several a day|daily ones], with fewer incidents.",
        "Change failure rate fell from [14 to 4|19 to 6] per cent.",
        "Developers wait [an hour|forty minutes] less per day, which is [three|four] posts across the department.",
        "Release evenings are gone.",
    ),
    faint=(
        "A first pipeline runs in ten minutes.",
        "The templates are a fair start.",
    ),
)

DEVTOOLS = Topic(
    key="devtools",
    noun="toolkit",
    kind=LIBRARY,
    strengths=(
        strength(
            "ease_of_use",
            "readable code as a result",
            "Code written with it is [short and readable|easy to review], including code [by colleagues I've never met|from two years ago].",
            "The happy path is the short path; [defaults|conventions] do the rest.",
        ),
        strength(
            "features",
            "batteries included",
            "Forms, [sessions, caching|jobs, mail] and tests come with it, so we added [four|five] dependencies instead of [forty|sixty].",
            "The standard library covers [dates, HTTP and JSON|most of our daily needs] properly.",
        ),
        strength(
            "stability",
            "careful deprecations",
            "[Four|Three] major upgrades in {duration}, each done in [two|three] days, with warnings well ahead.",
            "Backward compatibility is taken seriously: code from [2019|2018] runs [untouched|with two changes].",
        ),
        strength(
            "speed",
            "quick feedback while coding",
            "Reload is [instant|under a second] and the error page points at the right line.",
            "Type checks and completion in the editor catch [most|a good part] of my mistakes before I run anything.",
            "Memory use halved and start-up went from [nine seconds to one|eleven to two] after we moved [a service|our largest service].",
        ),
        strength(
            "support",
            "people you can hire",
            "Hiring is easier: [two of three|most] applicants know it already.",
            "Every question I had was answered on the [forum|tracker] before I asked it.",
        ),
        strength(
            "features",
            "internal tools in days",
            "An internal [order|complaints] screen that was 'next year' took [two|three] days, permissions included.",
            "Business users maintain [small tools|their own forms] now, inside limits we set.",
        ),
        strength(
            "features",
            "interfaces described once",
            "One schema gives us clients, docs and mocks for [six|four] languages, and they match.",
            "Contract tests against the schema found [eleven|seven] mismatches with partners before go-live.",
        ),
    ),
    flaws=(
        flaw(
            "ease_of_use",
            "magic that is hard to debug",
            [
                "Some of the magic is hard to follow in a debugger.",
                "There are [three|two] official ways to do the same thing; pick one and write it down.",
            ],
            [
                "When the magic fails you read [framework|generated] code for days. The stack trace is [ninety|120] lines, none of them ours.",
            ],
        ),
        flaw(
            "stability",
            "breaking changes in minor versions",
            [
                "Pin your versions; minor releases aren't always minor.",
                "The plug-in ecosystem lags [months|a version] behind each major release.",
            ],
            [
                "Breaking changes in minor versions, [three|four] times in a year. The changelog said 'internal clean-up'.",
                "The migration from one major version to the next is a rewrite in all but name. We budgeted [three weeks|a month] and are in month [five|six].",
            ],
        ),
        flaw(
            "speed",
            "large bundles and slow builds",
            [
                "Build times grow with the project; ours is at [four|five] minutes.",
                "Memory use of the tooling is [generous|a topic on 16 GB laptops].",
            ],
            [
                "A clean build takes [fourteen|eleven] minutes, the language server [dies twice a day|needs 6 GB], and the answer is always 'split your project'.",
            ],
        ),
        flaw(
            "features",
            "gaps beyond the common case",
            [
                "Accessibility of the bundled components needs work.",
                "Offline and [printing|large tables] are where you are on your own.",
            ],
            [
                "As soon as you leave the tutorial ([file uploads|long jobs|multi-tenancy]), nothing fits together and every plug-in assumes another.",
            ],
        ),
    ),
    uses=(
        "Backend for [our portals|two products|the field app], about [90,000|140,000|60,000] lines.",
        "Internal tools for [operations and finance|the warehouse].",
        "The basis of [three|five] customer-facing services.",
        "APIs for [partners|mobile apps] with generated clients.",
    ),
    results=(
        "Time from idea to a usable first version is [two weeks|nine days] instead of [a quarter|two months].",
        "New developers commit on [day two|their second day].",
        "We deleted [30,000|18,000] lines of home-grown code.",
    ),
    faint=(
        "The tutorial is fun.",
        "Small prototypes come together quickly.",
        "The idea of one way of doing things is right.",
    ),
)

MODELS = Topic(
    key="models",
    noun="machine-learning tool",
    kind=LIBRARY,
    strengths=(
        strength(
            "ease_of_use",
            "a short way from notebook to production",
            "The same code runs in the notebook and in production; the hand-over that cost us [six weeks|a month] per model is gone.",
            "Our data scientists deploy themselves. [Nine|Fourteen|Eleven] models live, [two|three] engineers behind them.",
        ),
        strength(
            "features",
            "experiments we can repeat",
            "Every run keeps code, data version and parameters. I reproduced a result from [eleven|fourteen] months ago to the [third|fourth] decimal.",
            "Comparing [two hundred|three hundred] runs in one table made our reviews factual.",
        ),
        strength(
            "speed",
            "full use of the hardware",
            "GPU utilisation rose from [35 to 85|40 to 80] per cent with a few lines changed.",
            "Distributed training over [eight|sixteen|four] machines needed [a config file|ten lines], and scales to about [0.9|0.85] of linear.",
            "Inference went from [180 to 40|90 to 22] milliseconds after conversion, on CPUs.",
        ),
        strength(
            "features",
            "explanations for people who must sign",
            "Explanations per decision are good enough for [our model risk team|the ethics board|claims handlers].",
            "Drift alarms told us in [two days|a week] that [a supplier changed codes|a sensor was swapped], before the business noticed.",
        ),
        strength(
            "support",
            "examples for nearly everything",
            "For every method there is a worked example with data, and it [runs|really runs].",
            "Pre-trained models and recipes saved us [two months|a quarter] on [document classification|defect detection].",
        ),
        strength(
            "features",
            "labelling that doesn't hurt",
            "Labelling with suggestions brought us from [80 to 400|60 to 350] images an hour, with disagreement shown per label.",
            "Feature definitions are shared between training and serving, which ended a whole class of bugs.",
        ),
    ),
    flaws=(
        flaw(
            "ease_of_use",
            "dependency trouble",
            [
                "Version combinations of drivers, compilers and libraries are a puzzle; use their container.",
                "Error messages about tensor shapes assume you wrote the library.",
            ],
            [
                "Getting drivers, runtime and library to agree took [eight|six] days, and an update of [one|the driver] broke it again.",
                "A model trained [six|nine] months ago no longer loads in the current version. For us that's [a regulatory|an audit] problem.",
            ],
        ),
        flaw(
            "stability",
            "interfaces that change often",
            [
                "The API moves quickly; examples on the web are often [a year too old|for the old interface].",
                "Serving is younger than training and it shows.",
            ],
            [
                "Every release renames things. [Three|Two] of our notebooks per [month|release] stop working, with no deprecation warning.",
            ],
        ),
        flaw(
            "speed",
            "memory use nobody can predict",
            [
                "Memory use is hard to predict; out-of-memory comes after [four|six] hours, never after four minutes.",
                "Small jobs pay a noticeable start-up cost.",
            ],
            [
                "Training dies after [eleven|nine] hours with out-of-memory and the checkpoint is [unreadable|from the start]. At cluster prices that is real money.",
            ],
        ),
        flaw(
            "features",
            "operations left to the reader",
            [
                "Monitoring of live models is basic; we added our own.",
                "Access rights per project would help in a shared set-up.",
            ],
            [
                "There is no notion of [who may deploy|approval], no audit trail and no quota. In a bank you can't run that; we built [a wrapper|our own layer] around it.",
            ],
        ),
    ),
    uses=(
        "Forecasting [demand|energy load|bed occupancy] for [nine|fourteen|sixty] sites.",
        "Training and serving [vision models for quality control|fraud models|document classifiers].",
        "A shared workbench for [twenty|twelve|thirty-five] data scientists.",
        "Tracking experiments and approving models before they go live.",
    ),
    results=(
        "Forecast error fell from [18 to 11|14 to 9] per cent, which means [less waste|fewer empty trips].",
        "A model goes live in [two weeks|nine days] instead of [four months|a quarter].",
        "Manual inspection is down by [60 %|half] with the same miss rate.",
    ),
    faint=(
        "The tutorials are well made.",
        "Running a published example works.",
    ),
)

AGENTS = Topic(
    key="agents",
    noun="AI tool",
    kind=INFRASTRUCTURE,
    strengths=(
        strength(
            "features",
            "answers with sources",
            "Answers cite the [paragraph|page] they come from, so [case workers|our lawyers] check instead of trusting.",
            "Retrieval over [90,000|40,000|12,000] internal documents works well, once we [removed the outdated ones|cleaned up titles].",
        ),
        strength(
            "ease_of_use",
            "a prototype within a week",
            "From idea to a useful prototype took [four|three] days, and [most|half] of that code is still in use.",
            "Swapping the model behind it is one line; we did it [three|four] times for [price|quality].",
        ),
        strength(
            "features",
            "guard rails that can be tested",
            "We have [240|180|400] test questions and see with each change what got worse. That made it acceptable to [compliance|the works council].",
            "Personal data is masked before anything leaves, and I can see the masked text.",
        ),
        strength(
            "features",
            "workflows one can follow step by step",
            "Every step of an agent is logged with input, tool and cost. When it went wrong I could see [why|where] in minutes.",
            "Human approval at chosen steps is a setting, not a project.",
        ),
        strength(
            "value",
            "hours saved on routine text",
            "Drafting [standard letters|meeting notes|test cases] takes [a third|a quarter] of the time, with a human reading everything.",
            "First-level answers are drafted for [70 %|60 %] of requests, and agents change [one word in ten|little].",
        ),
        strength(
            "speed",
            "fast inference on our own hardware",
            "Runs on our own cards at [60|90|45] tokens a second for [eight|twenty] parallel users, which is enough.",
            "Batching and caching cut our inference bill by [half|60 %].",
        ),
    ),
    flaws=(
        flaw(
            "stability",
            "different answers to the same question",
            [
                "The same question can get two answers on two days; keep a test set.",
                "It is sure of itself when it shouldn't be. Train your people.",
            ],
            [
                "It invents [clauses|part numbers|references] with full confidence. After [two|three] such cases {team} lost trust, and rightly.",
                "Agents loop: [forty|sixty] calls to the same tool, then a made-up result, and [19|31] in fees.",
            ],
        ),
        flaw(
            "stability",
            "an API that changes weekly",
            [
                "The pace is high: [two|three] imports renamed since spring.",
                "Documentation and code are often [a version|a month] apart.",
            ],
            [
                "Four layers of abstraction around one HTTP call, renamed every [month|few weeks]. We removed it and wrote [200|150] lines ourselves.",
            ],
        ),
        flaw(
            "value",
            "costs that are hard to foresee",
            [
                "Costs per use are hard to forecast; set limits per [team|key] from day one.",
                "Long documents get expensive.",
            ],
            [
                "No hard spending limit. One [loop|test] over a weekend cost [2,300|1,700], and the alert came on Monday.",
            ],
        ),
        flaw(
            "features",
            "weak in languages other than English",
            [
                "[German|Dutch|Finnish|Polish] is good, not great; test with your own texts.",
                "Tables and scans are where it stumbles.",
            ],
            [
                "In [Czech|Finnish|Hungarian|Dutch] every [third|fourth] answer is wrong or half English. The comparison sheet said 'full support'.",
                "Tables in PDF files come out scrambled, and most of our knowledge is in [tables|scanned tables].",
            ],
        ),
    ),
    uses=(
        "Answering questions over [internal policies|technical manuals|case files], with sources.",
        "Drafting replies for [first-level support|case workers], always read by a person.",
        "Extracting fields from [invoices|claims|delivery notes].",
        "A gateway for all teams that use language models, with budgets and logs.",
    ),
    results=(
        "Handling time for standard requests fell from [eleven to six|nine to five] minutes.",
        "New colleagues ask the assistant first; seniors get [half|a third of] the questions.",
        "[85|80|90] % of invoices pass without typing.",
    ),
    faint=(
        "The demo impressed everyone.",
        "For English summaries it is useful.",
    ),
)

TOPICS = (PIPELINE, DEVTOOLS, MODELS, AGENTS)
