import { useTranslation } from 'react-i18next';
import { SelectField } from '../controls/SelectField.tsx';
import { changeLanguage } from './startLanguage.ts';
import { useFormats } from './useFormats.ts';

/** Each language is named in itself, so that it is found by whoever needs it. */
const LANGUAGES = [
  { value: 'fr', label: 'Français' },
  { value: 'en', label: 'English' },
];

/** Switches the language of the panel at once. */
export function LanguageSelect() {
  const { t } = useTranslation();
  const { language } = useFormats();
  return (
    <SelectField
      label={t('user.language')}
      value={language}
      options={LANGUAGES}
      onChange={(event) => void changeLanguage(event.target.value === 'fr' ? 'fr' : 'en')}
    />
  );
}
