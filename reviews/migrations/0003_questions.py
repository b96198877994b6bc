from django.db import migrations

# Key, question, hint. The keys are fixed names: answers, exports and imports use them.
QUESTIONS = [
    (
        "use_case",
        "What do you use it for?",
        "The task, the people who do it with the product, and how often.",
    ),
    (
        "how_it_helped",
        "How has it helped your organisation?",
        "What is different from before: time saved, errors avoided, things you can do now.",
    ),
    (
        "most_valuable",
        "Which features are the most valuable to you, and why?",
        "Two or three, with an example of where each one pays off.",
    ),
    (
        "needs_improvement",
        "What should be improved or added?",
        "What you work around today, and what you would ask for first.",
    ),
    (
        "stability",
        "How stable is it?",
        "Outages, crashes, lost data; how often, and how long until it worked again.",
    ),
    (
        "scalability",
        "How well does it grow with you?",
        "Number of users, amount of data, sites; where you noticed a limit.",
    ),
    (
        "support",
        "How good are support and documentation?",
        "How you reach them, how long an answer takes, and whether it solves the problem.",
    ),
    (
        "previous_solution",
        "What did you use before, and why did you switch?",
        "The earlier product or way of working, and what tipped the balance.",
    ),
    (
        "setup",
        "How was the set-up?",
        "How long it took, who did it, what was harder or easier than expected.",
    ),
    (
        "roi",
        "What was the return on what you spent?",
        "Figures if you have them: months until it paid off, cost or hours saved.",
    ),
    (
        "pricing",
        "What should others know about pricing and licensing?",
        "How the price is counted, what costs extra, what changed at renewal. No confidential terms.",
    ),
    (
        "alternatives",
        "Which alternatives did you evaluate?",
        "Their names, and what spoke for and against them.",
    ),
    (
        "advice",
        "What advice would you give to somebody who is considering it?",
        "What you wish you had known before you bought it.",
    ),
]


def add_questions(apps, schema_editor):
    Question = apps.get_model("reviews", "Question")
    for position, (key, text, hint) in enumerate(QUESTIONS, start=1):
        Question.objects.update_or_create(
            key=key, defaults={"text": text, "hint": hint, "position": position}
        )


class Migration(migrations.Migration):
    dependencies = [("reviews", "0002_rating_prior")]
    # Backwards they stay: answers may hang on them.
    operations = [migrations.RunPython(add_questions, migrations.RunPython.noop)]
