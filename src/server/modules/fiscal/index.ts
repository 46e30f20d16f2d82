export {
	UnitRefusal,
	UnitUnavailable,
	type ControlUnit,
	type FiscalDocument,
	type FiscalKind,
	type FiscalTaxClass,
	type UnitAnswer
} from './control-unit.ts';
export { requestSignatures, type SignatureRequest } from './requests.ts';
export { signDue, type Claimed, type ReadDocuments } from './signing.ts';
export {
	holdUnsigned,
	listUnsigned,
	readSignatures,
	retryAllSignatures,
	retrySignature,
	type Signature,
	type Unsigned
} from './signatures.ts';
export { simulatorBehaviours } from './simulator.ts';
export {
	readControlUnit,
	removeControlUnit,
	setControlUnit,
	unitAdapters,
	type UnitSetting
} from './unit.ts';
