import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
var o=process.argv.slice(2);if(o.length===1&&(o[0]==="--version"||o[0]==="-V"))process.stdout.write(`0.1.0
`);else if(o[0]==="hook"&&o.length===2&&!o[1]?.startsWith("-")){let[{runHook:s},{allEvents:t},{gatewayDoor:e}]=await Promise.all([import("./chunks/run-TFWPLL2S.js"),import("./chunks/events-QJHUJFHY.js"),import("./chunks/gateway-door-QAR5KZK4.js")]);process.exitCode=await s(o[1]??"",t,e(process.env))}else{let{runProgram:s}=await import("./chunks/program-OZISTQPP.js");process.exitCode=await s(o)}
