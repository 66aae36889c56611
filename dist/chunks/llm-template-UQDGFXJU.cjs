'use strict';var s=Object.defineProperty;var d=Object.getOwnPropertyDescriptor;var m=Object.getOwnPropertyNames;var p=Object.prototype.hasOwnProperty;var c=(t,e)=>{for(var a in e)s(t,a,{get:e[a],enumerable:!0})},h=(t,e,a,i)=>{if(e&&typeof e=="object"||typeof e=="function")for(let o of m(e))!p.call(t,o)&&o!==a&&s(t,o,{get:()=>e[o],enumerable:!(i=d(e,o))||i.enumerable});return t};var _=t=>h(s({},"__esModule",{value:!0}),t);var u={};c(u,{template:()=>l});module.exports=Object.defineProperty(u,"__esModule",{value:!0});var r=require("./chunk-NZMAEHQG.cjs"),w=require("./chunk-DL6DLIHT.cjs"),n=`# Roles, and who answers them. Read by \`import { createRouter, loadRouterConfig } from 'backlog-toolkit/router'\`.
# Check it:  backlog llm doctor --config llm.yaml
# Values are taken as they stand: a secret or an address that differs between machines is named by a key that ends in _env.
llm:
  # The role of a call that names none of those below.
  default_role: draft

  providers:
    # Any OpenAI-compatible API: LiteLLM, OpenAI, OpenRouter, vLLM, llama.cpp, … (also: openrouter_http, openai_http)
    proxy:
      type: openai
      base_url: http://localhost:8000/v1   # LiteLLM as its compose file starts it; without it api.openai.com
      api_key_env: LITELLM_MASTER_KEY      # name of the variable with the key, read when a request is made
      model: cheap                         # for roles that name none, and for calls that fall back to this provider
      timeout: 60                          # seconds of one attempt; a role's own comes first
      # base_url_env: LLM_URL              # instead of base_url
      # headers: {x-team: payments}        # beside our own

    # Anthropic's Messages API
    anthropic:
      type: anthropic
      api_key_env: ANTHROPIC_API_KEY
      model: claude-haiku-5-5
      max_tokens: 4096

    # Ollama's own API: nothing leaves this machine, and it costs nothing
    local:
      type: ollama
      model: qwen3:8b                      # ollama pull qwen3:8b
      num_ctx: 16384                       # tokens for prompt and answer; without it Ollama cuts what does not fit, in silence
      timeout: 300                         # the first answer waits until the model is loaded

    # Programs with a login of their own; the prompt goes by stdin (also: gemini_cli, claude_code_cli)
    codex:
      type: codex_cli
      # command: /opt/codex/bin/codex      # without it the one on PATH
      # Any other program: type: cli, command: …, args: […], model_flag: -m, response_format: json, text_field: answer

    # Answers by itself, for tests. Switches: raise_timeout, raise_rate_limit, raise_provider_error, raise_invalid_response,
    # raise_contract_violation, raise_cancelled, raise_unknown
    mock:
      type: mock
      response_text: a prepared answer

  roles:
    draft:
      provider: local
      fallback_providers: [proxy]          # asked in this order, each with its own model; or provider/model
    judge:
      provider: anthropic
      model: claude-sonnet-5-5             # beats the provider's
      temperature: 0                       # 0 to 2, without it the provider's, else 0.2
      json_mode: true                      # the answer must be JSON; one that is not is not asked for again
      max_tokens: 2000                     # null leaves it to the model
      timeout: 120                         # seconds of one attempt
      fallback_providers: [proxy/balanced]
    test:
      provider: mock
`,l=async(t,e)=>((0,r.Cb)(e,{json:{template:n},text:n}),r.a.Ok);0&&(module.exports={template});
