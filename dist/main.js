import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
var o=process.argv.slice(2);if(o.length===1&&(o[0]==="--version"||o[0]==="-V"))process.stdout.write(`0.1.0
`);else if(o[0]==="hook"&&o.length===2&&!o[1]?.startsWith("-")){let[{runHook:s},{allEvents:t},{gatewayDoor:e}]=await Promise.all([import("./chunks/run-AZRXFQ7B.js"),import("./chunks/events-AAITVEBJ.js"),import("./chunks/gateway-door-PAOXJ3AF.js")]);process.exitCode=await s(o[1]??"",t,e(process.env))}else{let{runProgram:s}=await import("./chunks/program-CG64YN6T.js");process.exitCode=await s(o)}
