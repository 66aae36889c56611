import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
var o=process.argv.slice(2);if(o.length===1&&(o[0]==="--version"||o[0]==="-V"))process.stdout.write(`0.1.0
`);else if(o[0]==="hook"&&o.length===2&&!/^(?:-|git-)/.test(o[1]??"")){let[{runHook:e},{allEvents:t},{gatewayDoor:s}]=await Promise.all([import("./chunks/run-5OOHAP3T.js"),import("./chunks/events-W5HN3SAI.js"),import("./chunks/gateway-door-VBEMTJBN.js")]);process.exitCode=await e(o[1]??"",t,s(process.env))}else{let{runProgram:e}=await import("./chunks/program-FQL6E5LT.js");process.exitCode=await e(o)}
