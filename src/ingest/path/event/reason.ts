/** Why an event was set aside. The code is stable: dead letters are counted and searched by it. */
export interface Reason {
  code:
    | 'VALUE_MISSING'
    | 'TOO_LARGE'
    | 'UTF8_INVALID'
    | 'JSON_INVALID'
    | 'KEY_FORBIDDEN'
    | 'TOO_DEEP'
    | 'TOO_MANY_VALUES'
    | 'FIELD_INVALID'
    | 'ID_INVALID'
    | 'TIME_INVALID'
    | 'CHECK_FAILED';
  text: string;
}
