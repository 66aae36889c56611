import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
var s=process.argv.slice(2);if(s.length===1&&(s[0]==="--version"||s[0]==="-V"))process.stdout.write(`0.1.0
`);else if(s[0]==="hook"&&s.length===2&&!s[1]?.startsWith("-")){let[{runHook:t},{allEvents:o}]=await Promise.all([import("./chunks/run-K3T2EHIW.js"),import("./chunks/events-7DG2EEYQ.js")]);process.exitCode=await t(s[1]??"",o)}else{let{runProgram:t}=await import("./chunks/program-UK3FRA6M.js");process.exitCode=await t(s)}
