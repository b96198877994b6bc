"""Security, identity, and the endpoints they protect."""

from reviews_site.seed.sentences.parts import INFRASTRUCTURE, Topic, flaw, strength

SECURITY = Topic(
    key="security",
    noun="security tool",
    kind=INFRASTRUCTURE,
    strengths=(
        strength(
            "features",
            "findings worth reading",
            "False positives are rare enough that developers [read the findings|don't roll their eyes any more]: about [one in twelve|one in ten|8 %] in our last quarter.",
            "Findings come ranked by whether the vulnerable code is [reachable|exposed], which cut our list from [4,100 to 260|9,000 to 400|2,300 to 180].",
            "Each finding says what to change and [links the line|names the fixed version]. Most are closed [within a week|in the same sprint].",
        ),
        strength(
            "speed",
            "detection within minutes",
            "In our last red-team exercise it flagged the [lateral movement|first foothold] after [six|four|nine] minutes; the old tool [never did|took a day].",
            "From first alert to an isolated machine takes [under five|three|about four] minutes, half of which is [me reading|a human deciding].",
            "It caught [a stolen token|an odd service account|a login from two countries] on a [Sunday|bank holiday], with enough context to act on.",
        ),
        strength(
            "features",
            "evidence for the auditors",
            "The mapping to [ISO 27001 and SOC 2|NIST 800-53|PCI DSS] controls is accurate; we handed the export to the auditors [as it was|without touching it].",
            "Audit preparation shrank from [six weeks|a month] to [eight days|a week], since the evidence is collected all year.",
        ),
        strength(
            "ease_of_use",
            "a good fit for the pipeline",
            "It runs in the pipeline in [under two minutes|90 seconds], comments on the pull request and [stays out of the way|doesn't block on trifles].",
            "Policies are code: we review, test and roll them out [in stages|like everything else].",
            "Deployment of the agent to [2,400|800|11,000] machines took [a week|nine days] and produced [three|four] support calls.",
        ),
        strength(
            "features",
            "an inventory we never had",
            "It found [340|190|600] machines that weren't in any list, including [a forgotten test domain|an old VPN box|two printers with open shares].",
            "A bill of materials for every release, searchable: when the next big library hole came, we had our answer in [ten|fifteen] minutes.",
            "Seeing [internet-facing|unowned] assets on one page made [owners|budget] appear quickly.",
        ),
        strength(
            "support",
            "a research team that is quick",
            "@paid New detection rules come within [a day|hours] of a public exploit, with a plain-language note I can [forward to management|send to the board].",
            "@oss Rules from the community arrive within [hours|a day] of a disclosure; we contribute [a few|ours] back.",
        ),
        strength(
            "value",
            "fewer consoles to watch",
            "It replaced [three|four] consoles, and our [two|three] analysts now [watch one queue|sleep].",
            "The automation closes [60 %|two thirds|half] of the alerts without a human, and its log says why.",
        ),
    ),
    flaws=(
        flaw(
            "features",
            "false positives by the hundred",
            [
                "Plan [three|four] weeks of tuning before you show it to developers.",
                "Exceptions could be easier to [scope and expire|review]; ours pile up.",
            ],
            [
                "[Nine|Eight] of ten findings are noise: test code, [unreachable paths|packages we don't ship], or issues fixed [two releases|a year] ago. Developers ignore all of it now.",
                "After [a year|ten months] of tuning we still get [400|250] alerts a day for [two|three] analysts. The real one in [May|October] was number [311|87].",
            ],
        ),
        flaw(
            "speed",
            "an agent that slows machines down",
            [
                "The agent is noticeable on [older laptops|build servers]; exclude build folders.",
                "A full scan of a big repository takes [twenty|thirty] minutes; incremental ones are fine.",
            ],
            [
                "The agent takes [30|25|40] % of a core on [database servers|developer laptops]. Builds went from [four to eleven|six to fourteen] minutes and support calls that 'expected'.",
                "Scans lock [files|the repository] long enough to [fail nightly jobs|time out the pipeline], and there is no way to limit them to a window.",
            ],
        ),
        flaw(
            "ease_of_use",
            "a policy editor only experts understand",
            [
                "Policies are powerful and [unforgiving|hard to test]; start in audit mode and stay there for a while.",
                "The policy language deserves better error messages.",
            ],
            [
                "Policies interact in ways nobody can predict. We blocked [payroll|our own monitoring|the CEO] [twice|three times] and each time the log said 'allowed'.",
                "Writing one custom rule took [an expert and a week|two consultants' days]. We have [forty|thirty] to write.",
            ],
        ),
        flaw(
            "value",
            "modules priced one by one",
            [
                "@paid Modules add up: [cloud posture|retention beyond 30 days] was not in our first quote.",
                "@oss You assemble the pieces yourself; a reference set-up would save everyone a month.",
            ],
            [
                "@paid Every useful thing is a module. Base price plus [four|five] modules came to [2.6|three] times the budget figure the partner gave us.",
                "@paid Retention is [seven|30] days unless you pay again, and our regulator wants [a year|twelve months].",
            ],
        ),
        flaw(
            "features",
            "reports that management can't read",
            [
                "Reports for management need rework; the trend over time is hidden.",
                "I'd like ownership of findings by [team|repository] rather than by [subnet|scanner].",
            ],
            [
                "The risk score moves by [twenty|thirty] points from one day to the next with no change on our side, and support can't explain the formula. I can't show that to a board.",
            ],
        ),
        flaw(
            "features",
            "thin coverage outside the mainstream",
            [
                "Coverage of [older Linux releases|ARM machines|legacy Windows] is thinner.",
                "Container and cloud findings don't quite share one model yet.",
            ],
            [
                "It sees nothing on [our Linux fleet|network gear|the factory floor], which is [half|a third] of what we own. That was a yes in the tender.",
            ],
        ),
    ),
    uses=(
        "Scanning [code, images and running clusters|dependencies and containers] before and after release.",
        "Endpoint detection on about [2,400|900|6,000] machines, with a small team of analysts.",
        "Continuous compliance evidence for [SOC 2 and ISO 27001|PCI DSS|our regulator].",
        "Vulnerability management for [on-premises servers and two clouds|everything that has an address].",
        "Policy enforcement in [Kubernetes|the build pipeline], first auditing, now blocking.",
    ),
    results=(
        "Critical findings older than 30 days went from [180 to 9|240 to 15|95 to 4].",
        "Time from disclosure to 'are we affected?' fell from [two days|a day and a half] to [minutes|a quarter of an hour].",
        "The last external audit closed with [no|one minor] finding in this area, the one before had [eleven|seven].",
        "Our insurer [lowered the premium|dropped two conditions] after seeing the reports.",
    ),
    faint=(
        "It does find the textbook cases.",
        "The weekly summary is readable.",
        "The agent installs without trouble.",
    ),
)

IDENTITY = Topic(
    key="identity",
    noun="identity product",
    strengths=(
        strength(
            "ease_of_use",
            "log-in that people don't notice",
            "Passkeys went live for {people} people and [calls about passwords fell by two thirds|password resets went from 90 to 20 a week].",
            "One log-in for [sixty|a hundred and ten|forty] applications, and users only notice when [it's missing|they visit a partner].",
            "Self-service reset with a second factor works so well that the help desk [gave up its Monday shift|lost its most frequent ticket].",
        ),
        strength(
            "features",
            "standards implemented properly",
            "OpenID Connect and SAML are implemented by the book; [thirty-eight|fifty|twenty-six] applications connected, [two|three] needed special treatment, and that was their fault.",
            "Token contents, lifetimes and claims are all configurable, [with sane defaults|and documented with examples].",
        ),
        strength(
            "features",
            "joiners and leavers without tickets",
            "Leavers lose access [within minutes|the same minute HR ends the contract]. At the last review we found [no orphaned account|one orphaned account].",
            "Lifecycle rules from the HR system create, move and remove accounts in [nine|fourteen|twenty] systems.",
        ),
        strength(
            "stability",
            "a log-in that is always there",
            "No outage in {duration}. For the one system everything depends on, that is [the whole review|what counts].",
            "Fail-over between sites is tested [twice a year|quarterly], users keep their sessions.",
        ),
        strength(
            "features",
            "secrets out of the code",
            "Short-lived database credentials replaced [200|140] passwords in config files. Rotation is [a non-event|something we no longer plan].",
            "Each application gets its own narrow policy; when [a build server was compromised|a token leaked], revoking it took [one command|a minute].",
            "Teams share credentials in vaults instead of [chat|spreadsheets], and someone leaving no longer means changing [forty|sixty] passwords.",
        ),
        strength(
            "features",
            "fine control over conditional access",
            "Rules by device state, network and risk are easy to express, and the simulation mode shows [who would be locked out|the effect first].",
            "Access reviews take managers [ten|fifteen] minutes a quarter, since unused rights are pre-ticked for removal.",
        ),
    ),
    flaws=(
        flaw(
            "ease_of_use",
            "an administration console full of traps",
            [
                "The admin console has [three|two] places for what feels like one setting.",
                "Log entries for a failed log-in could say why in plain words.",
            ],
            [
                "One checkbox in a [realm|tenant] setting logged out [everybody|{people} people] on a Monday. No warning, no preview, no undo.",
                "Failed log-ins show 'invalid request' and nothing else. Connecting one supplier took [eleven|nine] days of guessing.",
            ],
        ),
        flaw(
            "value",
            "second factors as a paid extra",
            [
                "@paid Governance and [risk-based log-in|lifecycle rules] are separate licences; ask for the bundle.",
                "@oss Highly available operation takes more know-how than the docs admit.",
            ],
            [
                "@paid Second factors, provisioning and audit logs are each an extra per user and month. The sum is [2.5|three] times the list price we were quoted.",
            ],
        ),
        flaw(
            "stability",
            "upgrades of the directory connector",
            [
                "The directory connector deserves better monitoring; when it stalls, it [stalls quietly|says nothing].",
                "Sync of big groups is [slow|a matter of hours].",
            ],
            [
                "The directory sync stopped for [four|three] days and no alarm was raised. Leavers stayed active, [an auditor told us|we learned it from a manager].",
                "An upgrade changed the token format and [nineteen|twelve] applications refused log-ins until [the evening|we rolled back].",
            ],
        ),
        flaw(
            "features",
            "log-in pages that are hard to adapt",
            [
                "Branding the log-in page needs [template surgery|a developer], and breaks with major versions.",
                "Texts of e-mails can be changed, translations only partly.",
            ],
            [
                "The log-in page can't be made accessible: [contrast|focus order] is fixed in their template. For a public body that's a blocker.",
            ],
        ),
        flaw(
            "ease_of_use",
            "too many prompts",
            [
                "Users get asked for the second factor a bit too often; tune the session lengths.",
                "@user The phone approval sometimes comes [a minute|half a minute] late.",
            ],
            [
                "@user I confirm the second factor [eight|ten] times a day. 'Remember this device' remembers nothing.",
                "People approve every prompt by reflex now, because there are so many. That defeats the point.",
            ],
        ),
    ),
    uses=(
        "Single sign-on for about {people} people and [sixty|ninety] applications, partners included.",
        "Customer log-in for [our portals|two shops and an app], with passkeys.",
        "Secrets for [build servers and clusters|two hundred services], rotated automatically.",
        "Account lifecycle from the HR system into [the directory and fourteen applications|everything we run].",
        "Password vaults for [teams and administrators|the whole company].",
    ),
    results=(
        "Password tickets fell by [70 %|two thirds], which is [1.5 posts|a full post] at our help desk.",
        "Onboarding day one: [all accounts ready|nothing missing], instead of [a week of requests|three days' wait].",
        "The audit finding about leavers, open for [two|three] years, is closed.",
        "Connecting a new application takes [an hour|half a day] instead of [a project|two weeks].",
    ),
    faint=(
        "Connecting a standard application is quick.",
        "The log-in itself is fast.",
    ),
)

ENDPOINTS = Topic(
    key="endpoints",
    noun="system",
    kind=INFRASTRUCTURE,
    strengths=(
        strength(
            "stability",
            "predictable long-term support",
            "Long support periods with [security fixes on time|clear dates] let us plan [five|ten] years ahead, which [plants|hospitals|ships] need.",
            "Point releases are boring, [as promised|which is what I want]. [1,200|600] machines updated overnight, [none|two] needed a visit.",
        ),
        strength(
            "ease_of_use",
            "machines that set themselves up",
            "A new laptop goes from the box to the user unopened; it configures itself in [forty|thirty-five] minutes.",
            "Unattended installation is well documented, and our image builds in [nine|twelve] minutes.",
        ),
        strength(
            "features",
            "central control over every device",
            "Lost phones are locked [within a minute|while the user is still on the line]. We had [eleven|seven] last year and no incident.",
            "Policies for [Windows, macOS and phones|tablets and kiosks] sit in one place, with groups taken from the directory.",
            "Compliance state feeds our access rules: an unpatched machine [can't reach finance|sees the patch page only].",
        ),
        strength(
            "speed",
            "good manners on old hardware",
            "Runs well on [eight-year-old|seven-year-old] hardware, so we [postponed a refresh|kept two hundred machines].",
            "Boots in [eleven|nine] seconds and idles under [400|600] MB.",
        ),
        strength(
            "features",
            "packages for everything we need",
            "Packages are plentiful and [signed|well tested]; we build [only two|three] of our own.",
            "Hardening profiles come with it, and a fresh install passes [91|94] % of our baseline.",
        ),
        strength(
            "features",
            "remote help that just works",
            "@user Remote help works without fuss: a code, a click, and [the help desk sees my screen|it is fixed].",
            "Remote sessions are smooth over [mobile links|ship connections], and recorded where policy demands.",
        ),
    ),
    flaws=(
        flaw(
            "stability",
            "an update that broke drivers",
            [
                "Driver support for [newer docks|label printers] lags a release behind.",
                "Kernel updates and [storage|GPU] drivers need a test ring.",
            ],
            [
                "A routine update broke [network drivers|the smart-card reader] on [300|140] machines. The fix took [nine|twelve] days.",
                "In-place upgrade to the next major version [failed on every fifth machine|isn't supported], so it's [a reinstall|three weekends] each time.",
            ],
        ),
        flaw(
            "features",
            "old packages",
            [
                "Packages are stable and therefore old; developers bring their own runtimes.",
                "I'd like a middle way between [five-year-old|frozen] and bleeding edge.",
            ],
            [
                "End of life was moved [forward by years|up] with little notice, and our [appliance|supplier's] certification went with it.",
            ],
        ),
        flaw(
            "ease_of_use",
            "policies that take hours to arrive",
            [
                "Policy changes arrive [eventually|within hours]; a 'now' button would be nice.",
                "Reporting which device has which policy needs [an export|patience].",
            ],
            [
                "Policies take [six|eight] hours to arrive or don't, and the console says 'pending' either way. [Reinstalling the agent|Enrolling again] is the standard answer.",
                "Enrolment fails for [one in fifteen|every tenth] phone with an error number that [isn't documented|has four meanings].",
            ],
        ),
        flaw(
            "features",
            "second-class treatment of some platforms",
            [
                "Linux clients are supported on paper.",
                "Apple features come [a season|months] later than elsewhere.",
            ],
            [
                "Of the [four|five] platforms promised, [two|three] really work. For the rest we run a second tool, which was what we wanted to stop.",
            ],
        ),
    ),
    uses=(
        "Running [servers and virtual machines|about {people} workplaces] with [a small team|three administrators].",
        "Managing phones and tablets of [field staff|nurses|drivers].",
        "Base system for [appliances at our sites|application servers], patched monthly.",
        "Remote support for [home offices|branches].",
    ),
    results=(
        "Patch level within seven days rose from [61 to 96|70 to 98] per cent.",
        "Setting up a workplace costs [twenty minutes|half an hour] of our time instead of [half a day|three hours].",
        "We extended hardware life by [two|three] years.",
    ),
    faint=(
        "Installation is quick.",
        "On supported hardware it runs well.",
    ),
)

TOPICS = (SECURITY, IDENTITY, ENDPOINTS)
