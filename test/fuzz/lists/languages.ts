/** Texts by line, as they stand. */
export const lines = (text: TemplateStringsArray) => text.raw.join("").trim().split("\n");

/** What is a page's, or a document's. */
export const markup = lines`
<script>alert(1)</script>
<img src=x onerror=alert(1)>
<svg/onload=alert(1)>
"><script>alert(1)</script>
'><script>alert(1)</script>
javascript:alert(1)
<a href="java&#115;cript:alert(1)">x</a>
<iframe srcdoc="<script>1</script>">
<!--#exec cmd="ls"-->
<!-- -- --><b>
</textarea><script>
<![CDATA[ x ]]>
<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><x>&e;</x>
<?php phpinfo(); ?>
<% 1 %>
&lt;b&gt;&#0;&#x110000;&notanentity;
[x](javascript:1)
![x](file:///etc/hostname)
<think>
</think><think>
<!-- File: a.md -->
<!-- End -->
$\href{javascript:1}{x}$
<style>@import 'x'</style>
<math><mtext></form><form><mglyph>`;

/** What is said in a language that something here may speak: SQL, FTS5, a shell, a template, a format, a pattern. */
export const languages = lines`
'
''
"
1;DROP TABLE chats
1'; DROP TABLE chats-- 1
' OR 1=1 -- 1
' OR '1'='1
'; EXEC xp_cmdshell('x');--
" OR ""="
1 UNION SELECT sql FROM sqlite_master
%
_
%_%
\%
*
?1
:a
@a
$a
x'53514C'
NEAR
NEAR(a b, 2)
a NEAR/2 b
"a
"a" OR
a AND
OR
NOT
NOT a
AND OR NOT
a*
*a
^a
a^b
col:a
content:a
{col other}:a
-a
+a
- a
(a
a)
()
(((((a)))))
a + b
"a" + "b" *
a "" b
""
"""
;
--
/* */
a:b:c
NULL OR
rowid:1
rank
bm25(a)
\
\\
\'
\"
$(touch parley-canary)
; touch parley-canary
| touch parley-canary
&& touch parley-canary
$HOME
%PATH%
~
~root
--help
-rf
-h
--
=1+1
=cmd|' /C calc'!A0
@SUM(1)
+1
{{7*7}}
#{7*7}
<%= 7*7 %>
{{constructor.constructor('return 1')()}}
{%raw%}
{0}
{}
%s%s%s%s%s
%n%n%n
%x
%d
%1$s
%@
%*.*s
{0.__class__}
__import__('os').system('x')
{"$gt":""}
{"$where":"1"}
[$ne]=1
a[b]=c
)(uid=*))(|(uid=*
*)(uid=*))%00
count(/child::node())
!!python/object/apply:os.system ["x"]
&a [*a,*a]
rO0ABXNy
{"rce":"_$$ND_FUNC$$_function(){}()"}
^(a+)+$
(a+)+b
(.*a){20}
[
(?
\1
/x/
{1,99999}`;
