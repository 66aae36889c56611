/** What a request used, in tokens. `input_tokens` is without cache tokens. */
export interface PricedUsage {
    readonly input_tokens: number;
    readonly output_tokens: number;
    readonly cache_read_tokens: number;
    readonly cache_write_5m_tokens: number;
    readonly cache_write_1h_tokens: number;
    /** Searches that the provider made for the answer. */
    readonly web_searches?: number;
    /** Served in the provider's fast mode. */
    readonly fast?: boolean;
    /** Had to stay in one region. */
    readonly regional?: boolean;
    /** Asked in a batch: half the price. */
    readonly batch?: boolean;
}
