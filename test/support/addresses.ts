/** This machine, its network or its cloud, as people have got past guards. */
export const spellings: readonly string[] = [
  ..."http://127.0.0.1/ http://127.1/ http://127.0.1/ http://2130706433/ http://0x7f000001/ http://0x7f.1/".split(" "),
  ..."http://017700000001/ http://0177.0.0.1/ http://0x7f.0x0.0x0.0x1/ http://127.0.0.1./ http://127.1./".split(" "),
  ..."http://%31%32%37.0.0.1/ http://①②⑦.0.0.1/ http://127。0。0。1/ http:/\\127.0.0.1/ http:127.0.0.1".split(" "),
  ..."http:\\\\127.0.0.1/ http:////127.0.0.1/ https:127.0.0.1/ http://①27.1/ http://0/ http://0.0.0.0/".split(" "),
  ..."http://[::1]/ http://[::]/ http://[0:0:0:0:0:0:0:1]/ http://[::ffff:127.0.0.1]/ http://[::ffff:7f00:1]/".split(
    " ",
  ),
  ..."http://[::127.0.0.1]/ http://[64:ff9b::7f00:1]/ http://[2002:7f00:1::]/ http://[fe80::1]/ http://[fd00::1]/".split(
    " ",
  ),
  ..."http://localhost/ http://LOCALHOST/ http://localhost./ http://a.localhost/ http://ⓛocalhost/".split(" "),
  ..."http://ｌｏｃａｌｈｏｓｔ/ http://169.254.169.254/ http://[fd00:ec2::254]/ http://2852039166/".split(" "),
  ..."http://0xa9fea9fe/ http://0251.0376.0251.0376/ http://100.100.100.200/ http://10.0.0.1/ http://012.0.0.1/".split(
    " ",
  ),
  ..."http://192.168.1.1/ http://172.16.0.1/ http://224.0.0.1/ http://255.255.255.255/ http://inside.test/".split(" "),
  ..."http://INSIDE.test./ http://mixed.test/ http://mixed-six.test/ http://mapped.test/ http://nobody.test/".split(
    " ",
  ),
  ..."http://absent.test/ http://public.test@127.0.0.1/ http://127.0.0.1:80\\@public.test/".split(" "),
  ..."http://127.0.0.1#@public.test/ http://127.0.0.1?@public.test/ http://127.0.0.1:80/ https://127.0.0.1:443/".split(
    " ",
  ),
  ..."http:// http://. http://.../ http://127.0.0.1%00.public.test/ http://[::1%25lo]/ http://[::1 http://1.1.1.1.1/".split(
    " ",
  ),
  ..."//127.0.0.1/ /etc/hostname file:///etc/hostname file://127.0.0.1/etc/hostname FILE:/etc/hostname".split(" "),
  ..."ftp://public.test/ gopher://public.test/ data:text/plain,x javascript:1 blob:http://public.test/1".split(" "),
  ..."s3://bucket/key unix:///run/docker.sock http+unix://%2Frun%2Fdocker.sock/ ws://public.test/ about:blank".split(
    " ",
  ),
  ..."http://a:b@public.test/ http://a@public.test/ http://public.test:0/ http://public.test:25/".split(" "),
  ..."http://public.test:6667/ http://public.test:99999/ http://public.test:-1/ http://:80/ http://a_b..c/ ?x".split(
    " ",
  ),
  "",
  " ",
  "\0",
  "http://\r\nx/",
  "http://pub\u0000lic.test/",
  `http://public.test/${"x".repeat(9000)}`,
];
