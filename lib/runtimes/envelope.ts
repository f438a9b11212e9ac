/** The envelope belongs to the model (the router composes it, the adapters prove it); offered here too, where adapters look for it. */
export { composeEnvelope, envelopeId, parseEnvelope } from "../model/envelope.ts";
