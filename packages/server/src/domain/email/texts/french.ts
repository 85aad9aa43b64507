import type { Texts } from './words.ts';

/** The mails in French. */
export const FRENCH: Texts = {
  verify_email: {
    subject: 'Confirmez votre adresse e-mail',
    text: 'Veuillez confirmer que {{email}} est bien votre adresse sur {{site}}.',
    button: 'Confirmer l’adresse',
    after:
      'Le lien est valable 24 heures. Si vous ne vous êtes pas inscrit sur {{site}}, ignorez ce message.',
  },
  reset_password: {
    subject: 'Choisir un nouveau mot de passe',
    text: 'Quelqu’un, sans doute vous, a demandé un nouveau mot de passe pour votre compte sur {{site}}.',
    button: 'Choisir un nouveau mot de passe',
    after:
      'Le lien est valable une heure et une seule fois. Si vous n’avez rien demandé, ignorez ce message : votre mot de passe reste le même.',
  },
  set_up: {
    subject: 'Définissez votre mot de passe',
    text: 'Un compte a été créé pour vous sur {{site}}. Définissez un mot de passe pour l’utiliser.',
    button: 'Définir un mot de passe',
    after:
      'Le lien est valable 24 heures et une seule fois. Si vous ne connaissez pas {{site}}, ignorez ce message.',
  },
  change_email: {
    subject: 'Confirmez votre nouvelle adresse e-mail',
    text: 'Vous avez demandé à utiliser cette adresse pour votre compte sur {{site}}.',
    button: 'Utiliser cette adresse',
    after: 'Le lien est valable une heure. Si vous n’avez rien demandé, ignorez ce message.',
  },
  revert_email: {
    subject: 'Votre adresse e-mail a été modifiée',
    text: 'Votre compte sur {{site}} a désormais une autre adresse e-mail. Si c’était vous, il n’y a rien à faire. Sinon, annulez la modification.',
    button: 'Annuler la modification',
    after:
      'Le lien est valable 7 jours. Il ferme toutes les sessions, et nous vous envoyons un lien pour choisir un nouveau mot de passe.',
  },
  email_changed: {
    subject: 'Votre adresse e-mail a été modifiée',
    text: 'Votre compte sur {{site}} a désormais une autre adresse e-mail. Si c’était vous, il n’y a rien à faire.',
    after: 'Si ce n’était pas vous, contactez {{site}}.',
  },
  password_changed: {
    subject: 'Votre mot de passe a été modifié',
    text: 'Le mot de passe de votre compte sur {{site}} a été modifié, et toutes les sessions ont été fermées.',
    after: 'Si ce n’était pas vous, choisissez tout de suite un nouveau mot de passe.',
  },
  new_device: {
    subject: 'Nouvelle connexion à votre compte',
    text: 'Quelqu’un s’est connecté à votre compte sur {{site}} depuis un nouvel appareil, à partir de l’adresse {{ip}}.',
    after: 'Si c’était vous, il n’y a rien à faire. Sinon, changez tout de suite votre mot de passe.',
  },
  already_registered: {
    subject: 'Vous avez déjà un compte',
    text: 'Quelqu’un, peut-être vous, a voulu s’inscrire sur {{site}} avec cette adresse. Vous avez déjà un compte : connectez-vous ou choisissez un nouveau mot de passe.',
    after: 'Si ce n’était pas vous, il n’y a rien à faire.',
  },
  reset_email: {
    subject: 'Modifier votre adresse e-mail',
    text: 'Quelqu’un, sans doute vous, a demandé à modifier l’adresse e-mail de votre compte sur {{site}}.',
    button: 'Modifier l’adresse',
    after:
      'Le lien est valable une heure et une seule fois. Si vous n’avez rien demandé, ignorez ce message.',
  },
  reset_username: {
    subject: 'Choisir un nouveau nom d’utilisateur',
    text: 'Quelqu’un, sans doute vous, a demandé à modifier le nom d’utilisateur de votre compte sur {{site}}.',
    button: 'Choisir un nouveau nom',
    after:
      'Le lien est valable une heure et une seule fois. Si vous n’avez rien demandé, ignorez ce message.',
  },
  take_back_account: {
    subject: 'Votre compte a été supprimé',
    text: 'Votre compte sur {{site}} a été supprimé. Plus personne ne peut l’utiliser, et après le {{date}} tout son contenu sera effacé. D’ici là, vous pouvez le récupérer.',
    button: 'Récupérer le compte',
    after:
      'Si c’était vous, il n’y a rien à faire. Sinon, récupérez le compte et choisissez tout de suite un nouveau mot de passe.',
  },
};
