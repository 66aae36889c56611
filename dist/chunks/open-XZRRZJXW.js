import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);
import{a}from"./chunk-IMHBEUHJ.js";import"./chunk-7FDIZYR6.js";import"./chunk-2JMFQOL3.js";import"./chunk-57O7OGRC.js";import"./chunk-MRITNC4H.js";import"./chunk-EIIEB3WU.js";export{a as loadBacklog};
