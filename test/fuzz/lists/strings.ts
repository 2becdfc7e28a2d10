import { languages, lines, markup } from "./languages.ts";

/** Texts that have broken programs: by what reads them wrongly. */

const empty = [
  "",
  " ",
  "\t",
  "\n",
  "\r\n",
  "\u00a0",
  "\u200b",
  "\ufeff",
  "\u2028",
  "\u0000",
  "\u3000",
  "-",
  "_",
  ".",
  "..",
];

const words = lines`
undefined
undef
null
NULL
(null)
nil
NIL
None
true
false
TRUE
hasOwnProperty
constructor
prototype
__proto__
__defineGetter__
toString
valueOf
then
length
NaN
Infinity
-Infinity
self
window
globalThis
import
await
all
local
admin
root
AnyProvider
default
auto
channel
export
list
stream
text
Symbol(iterator)
[object Object]`;

const numbers = lines`
0
1
-1
-0
1.00
$1.00
1/2
1E2
1E02
1E+02
-1E-400
1/0
0/0
-2147483648
2147483648
4294967296
-9223372036854775808
9223372036854775808
9007199254740993
0..0
.
0.0.0
,
0,00
0,0/0,0
--1
-
-.
123456789012345678901234567890123456789
0x0
0xffffffffffffffff
0xabad1dea
1#INF
1#QNAN
1,000.00
1 000.00
1'000,00
08
09
2.2250738585072011e-308
012-345-678
1e1000
٠١٢٣
１２３
²³
①
Ⅷ
2026-02-30
2026-13-01
0000-00-00
9999-12-31
10000-01-01
+275760-09-13
2026-01-01T00:00:00Z
1970-01-01
1969-12-31
--01-01
2026-W01
2026-001`;

const marks = lines`
,./;'[]\-=
<>?:"{}|_+
!@#$%^&*()`;

const unicode = [
  "Ω≈ç√∫˜µ≤≥÷",
  "åß∂ƒ©˙∆˚¬…æ",
  "¡™£¢∞§¶•ªº–≠",
  "⁰⁴⁵₀₁₂",
  "田中さんにあげて下さい",
  "和製漢語",
  "사회과학원 어학연구소",
  "찦차를 타고 온 펲시맨과 쑛다리 똠방각하",
  "𠜎𠜱𠝹𠱓𠱸𠲖𠳏",
  "表ポあA鷗ŒéＢ逍Üßªąñ丂㐀𠀀",
  "Ⱥ",
  "ȾȾȾ",
  "ヽ༼ຈل͜ຈ༽ﾉ",
  "(｡◕ ∀ ◕｡)",
  "( ͡° ͜ʖ ͡°)",
  "😍",
  "👩🏽‍💻👨‍👩‍👧‍👦",
  "🏳️‍🌈🏴󠁧󠁢󠁥󠁮󠁧󠁿",
  "🇺🇸🇷🇺🇸🇦🇫🇦🇲",
  "0️⃣ 1️⃣ *️⃣",
  "👾 🙇 💁 🙅 🙆 🙋 🙎 🙍",
  "בְּרֵאשִׁית, בָּרָא אֱלֹהִים",
  "הָיְתָהtestالصفحات التّحول",
  "﷽",
  "ﷺ",
  "\u202a\u202atest\u202a",
  "\u202btest\u202b",
  "\u2029test\u2029",
  "test\u2060test\u202b",
  "\u2066test\u2067",
  "\u202egpj.exe",
  "Ṱ̺̺̕o͞ ̷i̲̬͇̪͙n̝̗͕v̟̜̘̦͟o̶̙̰̠kè͚̮̺̪̹̱̤",
  `Z${"\u0351\u0321\u0334".repeat(100)}`,
  "˙ɐnbᴉlɐ ɐuƃɐɯ ǝɹolop ʇǝ",
  "Ｔｈｅ ｑｕｉｃｋ",
  "𝐓𝐡𝐞 𝖖𝖚𝖎𝖈𝖐 𝓫𝓻𝓸𝔀𝓷 🅵🅾🆇",
  "⒯⒣⒠",
  "раураl",
  "аdmin",
  "ａｄｍｉｎ",
  "ADMİN",
  "admın",
  "ﬀ ﬃ ﬅ",
  "ẞ ß ŉ ǰ ΐ",
  "e\u0301 é",
  "\u1100\u1161\u11a8",
  "\u0d15\u0d4d\u200d",
  "జ్ఞ‌ా",
  "لُلُصّبُلُلصّبُررً ॣ ॣh ॣ ॣ 冗",
  "\u0085\u0080\u009f",
  "\u0001\u0002\u0007\u0008\u001b[31mred\u001b[0m",
  "\u001b]0;title\u0007",
  "\ufff9\ufffa\ufffb",
  "\u{1d173}\u{1d174}",
  "\u{e0001}\u{e0020}\u{e007f}",
  "\ufdd0\uffff\ufffe\u{1ffff}\u{10ffff}",
  "\ue000\u{f0000}",
  "\ud800",
  "\udc00",
  "a\udfffb",
  "\udc00\ud800",
  "\ufffd",
  "Á".normalize("NFD"),
  "\u0300",
  "\u034f\u034f\u034f",
  "ᅠ",
  "\u180e\u2063",
  `${"a\u0300".repeat(2000)}`,
];

const names = lines`
CON
PRN
AUX
NUL
COM1
LPT1.txt
con.md
a:b
a::$DATA
a.
a..
a.txt.
.a
..a
...
....
.htaccess
.env
.git/config
parley.db
parley.db-wal
secret.key
parley.yaml
index.html
favicon.ico
robots.txt
Thumbs.db
desktop.ini
downloads.json
a/b
a\b
a//b
/a
a/
C:a
C:\a
\\host\share
file:///etc/hostname
a?b
a#b
a%2fb
a%00b
a;b
a=b
a&b
a+b
a b
a,b
a|b
a<b>
a*b
a"b
a'b
localhost
127.0.0.1
::1
[::1]
example.com
EXAMPLE.COM.
xn--e1afmkfd
user@example.com
user:pass@example.com
//example.com
http://example.com
.com
-a.com
a..com
*.example.com`;

const quoted = [
  "`",
  "`~",
  "a`b",
  "a\n",
  "`touch parley-canary`",
  "${7*7}",
  "```",
  "```json\n{}\n```",
  "~~~\n",
  "``` ```",
];

const injected = [
  "a\r\nX-Injected: 1",
  "a\nX-Injected: 1",
  "a\rX-Injected: 1",
  "a\r\n\r\n<b>",
  "a\u0000b",
  "a\u010d\u010aX-Injected: 1",
  "a\u560a\u560dX-Injected: 1",
  "\u0000",
  "a\tb",
  "a\u000bb",
  "a\u007fb",
];

const long = [127, 128, 129, 255, 256, 257, 1000, 65_536, 100_000].flatMap((length) => [
  "a".repeat(length),
  "é".repeat(length),
]);

const repeated = [
  '"',
  "'",
  "(",
  "[",
  "<",
  "*",
  "`",
  "#",
  "\\",
  "%",
  "&",
  "-",
  "$",
  "\u0300",
  "😀",
  " ",
  "\n",
  "../",
  "a b ",
].map((each) => each.repeat(3000));

/** Each script's first letters: what a program may take for another's. */
const scripts = [
  0x0100, 0x0180, 0x0370, 0x0400, 0x0530, 0x0590, 0x0600, 0x0700, 0x0780, 0x0900, 0x0980, 0x0a00, 0x0b80, 0x0c00,
  0x0d00, 0x0e00, 0x0f00, 0x1000, 0x10a0, 0x1100, 0x1200, 0x13a0, 0x1680, 0x1700, 0x1800, 0x1e00, 0x1f00, 0x2000,
  0x2070, 0x20a0, 0x2100, 0x2150, 0x2190, 0x2200, 0x2300, 0x2400, 0x2500, 0x2600, 0x2700, 0x2800, 0x2e80, 0x3000,
  0x3040, 0x30a0, 0x3100, 0x3400, 0x4e00, 0xa000, 0xac00, 0xd7a0, 0xe000, 0xf900, 0xfb00, 0xfe00, 0xfe70, 0xff00,
  0x10000, 0x10300, 0x12000, 0x1d100, 0x1d400, 0x1f100, 0x1f300, 0x1f600, 0x1f900, 0x20000, 0x2f800, 0xe0100, 0xf0000,
  0x10fff0,
].map((first) => String.fromCodePoint(...Array.from({ length: 12 }, (_, at) => first + at)));

export const naughtyStrings: readonly string[] = [
  ...empty,
  ...words,
  ...numbers,
  ...marks,
  ...unicode,
  ...markup,
  ...languages,
  ...names,
  ...quoted,
  ...injected,
  ...long,
  ...repeated,
  ...scripts,
];
