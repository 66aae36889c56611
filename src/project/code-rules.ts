/** The first text of the code rules: what reviewers are shown, and what a team then makes its own. */
export const codeRulesText = `# Code rules

What a reviewer of this project checks beside the ticket. Change it freely; write rules that can be checked.

## Hard gates

A breach blocks the ticket.

- No secrets, tokens or passwords in code, tests or logs.
- Every error is handled or passed on; none is swallowed.
- Input from outside is validated where it comes in.
- A bug fix comes with a test that fails without it.

## Soft gates

A breach is a remark in the review.

- Names say what a thing is; comments say why.
- A function does one thing.
- No dead code, no code that is commented out.
`;
