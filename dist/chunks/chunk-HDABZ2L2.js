import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
var t=["plan","implement","lint","review","commit"],r=["light","standard","strict"],o={light:["implement","lint","commit"],standard:t,strict:t};function i(e){return o[e.profile]}function l(e){return e.profile!=="strict"}export{t as a,r as b,i as c,l as d};
