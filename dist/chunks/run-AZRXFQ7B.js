import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{a}from"./chunk-XYZ7AXZA.js";import"./chunk-HJBPW7UV.js";import"./chunk-7C5BRQKI.js";import"./chunk-ZS4UEEQU.js";import"./chunk-2JMFQOL3.js";import"./chunk-MRITNC4H.js";import"./chunk-EIIEB3WU.js";export{a as runHook};
