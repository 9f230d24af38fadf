/** Makes the console from its sources. */
export const BUILD_COMMAND = 'npm run build';

/** What a browser sees at the console of a checkout in which it was not built. */
export const notBuiltPage = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>mra</title></head>
<body>
<main>
<h1>The console is not built</h1>
<p>The gateway works; only its page is missing. In the folder of the gateway run <code>${BUILD_COMMAND}</code>, then load this page again.</p>
<div lang="zh-Hans">
<h1>控制台尚未构建</h1>
<p>网关运行正常，只缺控制台页面。请在网关所在目录执行 <code>${BUILD_COMMAND}</code>，然后刷新本页。</p>
</div>
</main>
</body>
</html>
`;
